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

CALLS = 12_000
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
    began = time.monotonic()
    _run(undisturbed, "import", "asterisk", str(calls))
    duration = time.monotonic() - began
    expected = picture(undisturbed)
    assert len(expected.contacts) == CALLS
    hit = missed = 0
    while hit < rounds:
        home = _copy(empty, folder / "killed")
        if not _kill_inside(home, calls, chance.random() * duration):
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
    _run(home, "verify")
    _run(home, "rebuild", "--check")
    contacts = set()
    with opened(home) as opened_home:
        position = 0
        while page := opened_home.log.read(position, 1000):
            for event in page:
                if isinstance(event.open, Facts):
                    facts = repr((event.open.kind, event.open.at, event.open.outcome))
                    contacts.add((event.stream, facts, repr(event.private.content)))
            position = page[-1].position
    groups: dict[str, set[str]] = defaultdict(set)
    views = sqlite3.connect(home / "views.db")
    for contact, customer in views.execute("SELECT contact, customer FROM contacts"):
        groups[customer or ""].add(contact)
    views.close()
    return Picture(frozenset(contacts), frozenset(map(frozenset, groups.values())))


def _kill_inside(home: Path, calls: Path, after: float) -> bool:
    """Kill an import `after` seconds behind its first commit; whether that was before its last one."""
    process = subprocess.Popen(
        [*COMMAND, "--home", str(home), "import", "asterisk", str(calls)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + DEADLINE_S
    while process.poll() is None and not _recorded(home):
        assert time.monotonic() < deadline
        time.sleep(0.002)
    time.sleep(after)
    process.kill()
    process.wait()
    return 0 < _recorded(home) < CALLS


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
