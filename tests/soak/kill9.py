"""Kill an import at a random moment, finish it, and compare log and views with an undisturbed run."""

import json
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from stammkunde.app.bootstrap import opened
from stammkunde.core.events import Facts
from stammkunde.core.log.verify import verify_chain

CALLS = 6_000
FIRST_CALL = 1_700_000_000
DEADLINE_S = 120
COMMAND = [sys.executable, "-m", "stammkunde.app"]


class Outcome(NamedTuple):
    """How many kills fell between the first and the last commit, and how many beside."""

    rounds: int
    missed: int


class Picture(NamedTuple):
    """A home without its random ids: what each contact is, and which contacts belong together."""

    contacts: frozenset[tuple[str, str, str]]
    customers: frozenset[frozenset[str]]


def trial(
    folder: Path, *, rounds: int, seed: int, report: Callable[[str], object] = lambda _: None
) -> Outcome:
    """Raises AssertionError at the first difference; the seed makes the moments of the kills."""
    chance = random.Random(seed)
    calls = folder / "calls.jsonl"
    calls.write_text("".join(_call(n) for n in range(CALLS)))
    empty = folder / "empty"
    _run(empty, "init", "--defaults")
    undisturbed = _copy(empty, folder / "undisturbed")
    window = _window(undisturbed, calls)
    expected = picture(undisturbed)
    assert len(expected.contacts) == CALLS
    hit = missed = 0
    while hit < rounds:
        home = _copy(empty, folder / "killed")
        if not _kill_inside(home, calls, chance.random() * window):
            missed += 1
            assert missed < 5 * rounds + 20, "the import is too quick to be killed: make it longer"
            continue
        hit += 1
        _run(home, "import", "asterisk", str(calls))
        assert picture(home) == expected, f"round {hit}: log or views differ"
        report(f"round {hit} of {rounds}")
    return Outcome(hit, missed)


def picture(home: Path) -> Picture:
    """What a home holds, and the proof that its log is whole."""
    contacts = set()
    with opened(home) as opened_home:
        assert verify_chain(opened_home.log).findings == ()
        opened_home.catch_up()
        assert opened_home.check_views() == []
        position = 0
        while page := opened_home.log.read(position, 1000):
            for event in page:
                if isinstance(event.open, Facts):
                    facts = repr((event.open.kind, event.open.at, event.open.outcome))
                    contacts.add((event.stream, facts, repr(event.private.content)))
            position = page[-1].position
    groups: dict[str, set[str]] = defaultdict(set)
    views = sqlite3.connect(home / "views.db")
    for contact, customer in views.execute("SELECT id, customer FROM contacts"):
        groups[customer or ""].add(contact)
    views.close()
    return Picture(frozenset(contacts), frozenset(map(frozenset, groups.values())))


def _window(home: Path, calls: Path) -> float:
    """An import to its end; the seconds from its first commit to its last one."""
    with _importing(home, calls) as process:
        _wait_until(lambda: _recorded(home) > 0, process)
        began = time.monotonic()
        _wait_until(lambda: _recorded(home) == CALLS, process)
        window = time.monotonic() - began
        assert process.wait(DEADLINE_S) == 0
    return window


def _kill_inside(home: Path, calls: Path, after: float) -> bool:
    """Kill an import `after` seconds behind its first commit; whether that was before its last one."""
    with _importing(home, calls) as process:
        _wait_until(lambda: _recorded(home) > 0, process)
        time.sleep(after)
        process.kill()
    return 0 < _recorded(home) < CALLS


def _importing(home: Path, calls: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [*COMMAND, "--home", str(home), "import", "asterisk", str(calls)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _wait_until(reached: Callable[[], bool], process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not reached() and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.002)


def _recorded(home: Path) -> int:
    log = sqlite3.connect(home / "log.db")
    try:
        row = log.execute("SELECT count(*) FROM items").fetchone()
    finally:
        log.close()
    return int(row[0])


def _copy(home: Path, target: Path) -> Path:
    shutil.rmtree(target, ignore_errors=True)
    return Path(shutil.copytree(home, target))


def _run(home: Path, *arguments: str) -> None:
    done = subprocess.run(
        [*COMMAND, "--home", str(home), *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def _call(n: int) -> str:
    start = FIRST_CALL + 97 * n
    number = f"+4179555{n * 7919 % 4000:04d}"
    leg = {
        "start": start,
        "answer": start + 4 if n % 3 else 0,
        "end": start + 60,
        "clid": f'"" <{number}>',
        "src": number,
        "dst": "+41525550000",
        "dcontext": "from-trunk",
        "channel": f"PJSIP/trunk-{n:08x}",
        "dstchannel": "PJSIP/101-00000001",
        "lastapp": "Dial",
        "lastdata": "PJSIP/101,20",
        "duration": 60,
        "billsec": 56 if n % 3 else 0,
        "disposition": "ANSWERED" if n % 3 else "NO ANSWER",
        "uniqueid": f"{start}.{n}",
        "linkedid": f"{start}.{n}",
        "sequence": n,
        "userfield": "",
    }
    return json.dumps(leg) + "\n"
