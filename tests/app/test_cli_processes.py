"""What only shows in processes of their own: interrupts, pipes, two at once, and how little `--help` loads."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from fcntl import LOCK_EX, LOCK_NB, LOCK_UN, flock
from pathlib import Path

import pytest

from stammkunde.app.bootstrap import opened
from tests.app.calling import Run, program

CALLS = 4000
DEADLINE_S = 60
Start = Callable[..., "subprocess.Popen[str]"]

HEAVY = (
    "apscheduler", "babel", "cryptography", "eventsourcing", "holidays", "httpx2", "icalendar", "idna", "imapclient",
    "litestar", "mailparser_reply", "msgspec", "phonenumbers", "rich", "selectolax", "sqlite3", "uvicorn",
    "stammkunde.app.bootstrap", "stammkunde.connectors.registry", "stammkunde.core.log.store", "stammkunde.projections",
)  # fmt: skip


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """A call log of several batches."""
    file = tmp_path / "calls.jsonl"
    file.write_text("".join(_leg(n) for n in range(CALLS)))
    return file


def _leg(n: int) -> str:
    start = 1_700_000_000 + 97 * n
    return (
        json.dumps(
            {
                "start": start, "answer": start + 4, "end": start + 60, "clid": f"<+417955{n:05d}>",
                "src": f"+417955{n:05d}", "dst": "+41525550000", "dcontext": "from-trunk",
                "channel": f"PJSIP/trunk-{n:08x}", "dstchannel": "PJSIP/101-00000001", "lastapp": "Dial",
                "lastdata": "PJSIP/101,20", "duration": 60, "billsec": 56, "disposition": "ANSWERED",
                "uniqueid": f"{start}.{n}", "linkedid": f"{start}.{n}", "sequence": n, "userfield": "",
            }
        )
        + "\n"
    )  # fmt: skip


def _ask(home: Path, question: str) -> int:
    log = sqlite3.connect(home / "log.db")
    try:
        return int(log.execute(question).fetchone()[0])
    finally:
        log.close()


def _until_it_records(home: Path, process: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not _recorded(home):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.005)


def _recorded(home: Path) -> int:
    return _ask(home, "SELECT count(*) FROM items")


@pytest.mark.parametrize("words", [("--help",), ("--lang", "de", "--help"), ("--version",), ()])
def test_help_loads_nothing_heavy(words: tuple[str, ...]) -> None:
    look = f"import sys\nfrom stammkunde.app.cli import main\nmain({list(words)!r})\nprint(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = done.stderr.splitlines()[-1].split()
    assert "stammkunde.app.cli" in loaded
    assert [name for name in HEAVY if name in loaded] == []


def test_help_takes_less_than_a_third_of_a_second_of_cpu() -> None:
    def cpu() -> float:
        before = os.times()
        subprocess.run(program(Path(), "--help"), check=True, capture_output=True, timeout=60)
        after = os.times()
        return (
            after.children_user
            + after.children_system
            - before.children_user
            - before.children_system
        )

    assert min(cpu() for _ in range(3)) < 0.3


def test_an_interrupt_is_one_line_and_what_was_committed_stays(
    home: Path, calls: Path, start: Start, run: Run
) -> None:
    process = start(home, "import", "asterisk", str(calls))
    _until_it_records(home, process)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=DEADLINE_S)
    assert (process.returncode, out) == (1, "")
    assert err == "stammkunde: stopped. What was committed stays; run it again to go on.\n"
    before = _recorded(home)
    assert 0 < before < CALLS
    assert run(home, "verify").status == 0
    reading = json.loads(run(home, "import", "asterisk", str(calls), "--json").out)
    assert (reading["duplicates"], reading["recorded"]) == (before, CALLS - before)


def test_a_reader_that_leaves_is_no_error(home: Path, calls: Path, run: Run, start: Start) -> None:
    assert run(home, "import", "asterisk", str(calls)).status == 0
    process = start(home, "contacts", "--json")
    assert process.stdout is not None
    assert process.stderr is not None
    assert json.loads(process.stdout.readline())["channel"] == "phone"
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(DEADLINE_S) == 1


def test_two_imports_of_one_file_at_once_record_each_item_once(
    home: Path, calls: Path, start: Start, run: Run
) -> None:
    both = [start(home, "import", "asterisk", str(calls), "--json") for _ in range(2)]
    readings = []
    for process in both:
        out, err = process.communicate(timeout=DEADLINE_S)
        assert (process.returncode, err) == (0, "")
        readings.append(json.loads(out))
    assert [reading["items"] for reading in readings] == [CALLS, CALLS]
    assert sum(reading["recorded"] for reading in readings) == CALLS
    assert sum(reading["duplicates"] for reading in readings) == CALLS
    assert json.loads(run(home, "status", "--json").out)["log"]["contacts"] == CALLS
    assert run(home, "verify").status == run(home, "rebuild", "--check").status == 0


def _between_batches(process: "subprocess.Popen[str]", home: Path) -> None:
    """Stop a process where it does not hold the lock, so that another one can work meanwhile."""
    while True:
        process.send_signal(signal.SIGSTOP)
        os.waitpid(process.pid, os.WUNTRACED)
        with (home / "log.db-turn").open("a") as turnstile:
            try:
                flock(turnstile, LOCK_EX | LOCK_NB)
            except BlockingIOError:
                process.send_signal(signal.SIGCONT)
                continue
            flock(turnstile, LOCK_UN)
            return


def test_of_two_syncs_of_one_source_at_once_one_wins(
    home: Path, calls: Path, start: Start, run: Run
) -> None:
    (home / "stammkunde.toml").write_text(
        f'[[source]]\nname = "phone"\nconnector = "asterisk"\npath = ["{calls}"]\n'
    )
    slow = start(home, "sync")
    _until_it_records(home, slow)
    _between_batches(slow, home)
    quick = start(home, "sync")
    _, err = quick.communicate(timeout=DEADLINE_S)
    assert (quick.returncode, err) == (0, "")
    slow.send_signal(signal.SIGCONT)
    out, err = slow.communicate(timeout=DEADLINE_S)
    assert (slow.returncode, out) == (1, "")
    assert err.count("\n") == 1
    assert "Another process is reading “phone”" in err
    with opened(home) as whole:
        whole.catch_up()
        assert whole.queries.status(whole.log).log.contacts == CALLS
    assert "nothing new" in run(home, "sync").out
