"""Several threads and several processes at one file: of two who want the same, one gets it."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Barrier, Condition
from typing import Any

from stammkunde.app.access.accounts import Accounts
from stammkunde.app.access.attempts import FREE
from stammkunde.app.access.passwords import Passwords
from stammkunde.app.access.refusals import AccessError
from tests.app.access.kit import OTHER, PHRASE, QUICK, seen

DEADLINE_S = 60
_PROCESS = """
import sys
from pathlib import Path
from stammkunde.app.access.accounts import Accounts
from stammkunde.app.access.passwords import Passwords
from stammkunde.app.access.refusals import AccessError
from tests.app.access.kit import PHRASE, QUICK, Clock, tried

passwords = Passwords(QUICK)
print("ready", flush=True)
sys.stdin.readline()
accounts = Accounts(Path(sys.argv[1]), Clock(), passwords)
try:
    print({act})
except AccessError as error:
    print(error.reason)
accounts.close()
"""


def at_once(path: Path, *acts: str) -> list[str]:
    """What processes print that do these things at the same moment."""
    with ExitStack() as stack:
        processes = [stack.enter_context(running(path, act)) for act in acts]
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n", process.communicate(timeout=DEADLINE_S)
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        ended = [process.communicate(timeout=DEADLINE_S) for process in processes]
    assert [err for _, err in ended] == [""] * len(acts)
    return [out.strip() for out, _ in ended]


@contextmanager
def running(path: Path, act: str) -> Iterator["subprocess.Popen[str]"]:
    """A process that waits for a line before it does something; gone in the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", _PROCESS.format(act=act), str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def crowd(act: Callable[[], object], size: int = 12) -> list[object]:
    """What threads get that do the same at the same moment; of a refusal its reason."""
    barrier = Barrier(size)

    def one(_: int) -> object:
        barrier.wait(DEADLINE_S)
        try:
            return act()
        except AccessError as error:
            return error.reason

    with ThreadPoolExecutor(size) as pool:
        return list(pool.map(one, range(size)))


def test_processes_that_make_the_file_at_once_all_get_one(path: Path) -> None:
    acts = [f"accounts.add_user('User {n}', 'reader', PHRASE).name" for n in range(3)]
    assert at_once(path, *acts) == ["User 0", "User 1", "User 2"]


def test_of_two_processes_with_one_link_one_becomes_admin(accounts: Accounts, path: Path) -> None:
    link = accounts.first_link()
    acts = [f"bool(accounts.claim({link!r}, {name!r}, PHRASE))" for name in ("Anna", "Beat")]
    assert sorted(at_once(path, *acts)) == ["True", "link"]
    assert [user.role for user in accounts.users()] == ["admin"]


def test_of_two_admins_who_disable_each_other_one_stays(
    accounts: Accounts, anna: str, beat: str, path: Path
) -> None:
    accounts.set_role(beat, "admin")
    acts = [f"accounts.disable({name!r}).disabled" for name in (anna, beat)]
    assert sorted(at_once(path, *acts)) == ["True", "last"]
    assert sum(user.may("admin") for user in accounts.users()) == 1


def test_guesses_in_two_processes_are_counted_together(
    accounts: Accounts, anna: str, path: Path
) -> None:
    act = f"[tried(accounts, {anna!r}) for _ in range(10)].count('wrong')"
    assert sum(int(said) for said in at_once(path, act, act)) == 6


def test_a_crowd_of_guesses_is_no_more_than_six(accounts: Accounts, anna: str) -> None:
    said = crowd(lambda: accounts.sign_in(anna, OTHER), 20)
    assert Counter(said) == {"wrong": 6, "wait": 14}


def test_a_link_lets_one_of_a_crowd_in(accounts: Accounts) -> None:
    link = accounts.demo_link()
    said = crowd(lambda: accounts.enter(link))
    assert said.count("link") == len(said) - 1


def test_one_of_a_crowd_gets_the_new_secret_and_nobody_is_put_out(
    accounts: Accounts, beat: str
) -> None:
    old = accounts.sign_in(beat, PHRASE)
    accounts.set_role(beat, "reader")
    given = [secret for secret in crowd(lambda: accounts.rotate(old)) if secret]
    assert len(given) == 1
    assert [seen(accounts, str(secret)) for secret in (old, *given)] == [beat, beat]


def test_readers_are_served_while_others_come_in(accounts: Accounts, anna: str) -> None:
    secret = accounts.sign_in(anna, PHRASE)
    said = crowd(lambda: (accounts.sign_in(anna, PHRASE), seen(accounts, secret))[1], FREE)
    assert said == [anna] * len(said)


class Watched:
    """A hasher each of whose checks lasts until a third one runs beside it, or as long as that takes to be unlikely."""

    def __init__(self, hasher: Any) -> None:
        self._hasher = hasher
        self._changed = Condition()
        self._running = 0
        self.most = 0

    def verify(self, hash_: str, given: bytes) -> bool:
        with self._changed:
            self._running += 1
            self.most = max(self.most, self._running)
            self._changed.notify_all()
            self._changed.wait_for(lambda: self.most > 2, timeout=0.1)
            self._running -= 1
        return bool(self._hasher.verify(hash_, given))


def test_no_more_than_two_hashes_are_computed_at_once() -> None:
    passwords = Passwords(QUICK)
    hash_ = passwords.hash(PHRASE)
    passwords._hasher = watched = Watched(passwords._hasher)  # type: ignore[assignment]
    assert crowd(lambda: passwords.fits(hash_, PHRASE), 8) == [True] * 8
    assert watched.most == 2
