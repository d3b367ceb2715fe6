"""A log that is followed while a telephone system writes it: nothing is lost and nothing doubled, whatever happens to the file."""

from __future__ import annotations

import gzip
import random
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Self

import pytest

from stammkunde.connectors.asterisk import Asterisk, Settings
from stammkunde.connectors.contract import COMPANY, Reading, read
from stammkunde.connectors.interface import Context
from stammkunde.core.contact import Contact
from tests.connectors.asterisk.test_growing_logs import ROWS, core_knows

FIRST = 1_795_449_816


def connector(path: Path, **options: object) -> Asterisk:
    settings = Settings(path=(str(path),), timezone="UTC", **options)  # type: ignore[arg-type]
    return Asterisk(settings, Context(source="phones", company=COMPANY))


def row(n: int) -> bytes:
    """The `n`th call, of a number of its own."""
    at = datetime.fromtimestamp(FIRST + 60 * n, UTC)
    return (
        ROWS[0]
        .replace(b"1795449816.0", f"{FIRST + 60 * n}.{n}".encode())
        .replace(b"2026-11-23 16:03:36", f"{at:%F %T}".encode())
        .replace(b"2026-11-23 16:03:37", f"{at + timedelta(seconds=1):%F %T}".encode())
        .replace(b"2026-11-23 16:03:40", f"{at + timedelta(seconds=4):%F %T}".encode())
        .replace(b"00000000", f"{2 * n:08x}".encode())
        .replace(b"00000001", f"{2 * n + 1:08x}".encode())
    )


def keys(readings: list[Reading]) -> list[str]:
    """The calls that the core would know, and none that was told twice without saying that it revises."""
    return sorted(item.key for item in core_knows(readings))


def expected(n: int) -> list[str]:
    return sorted(f"{FIRST + 60 * each}.{each}" for each in range(n))


class Follower:
    """Reads again and again, as the daemon does, from the same cursor."""

    def __init__(self, log: Asterisk) -> None:
        self.log = log
        self.readings: list[Reading] = []
        self.state: Reading | None = None

    def read(self, batches: int | None = None) -> Reading:
        self.state = read(self.log, self.state, batches=batches)
        self.readings.append(self.state)
        return self.state

    @property
    def contacts(self) -> list[Contact]:
        return [call for reading in self.readings for call in reading.contacts]


WRITER = """
import random, shutil, sys, time
from pathlib import Path
path, rows, seed = Path(sys.argv[1]), Path(sys.argv[2]).read_bytes().splitlines(True), int(sys.argv[3])
chance = random.Random(seed)
turns = 0
for n, row in enumerate(rows):
    cut = chance.randrange(1, len(row)) if chance.random() < 0.3 else None
    with path.open("ab", buffering=0) as file:
        if cut:
            file.write(row[:cut])
            time.sleep(0.001)
            file.write(row[cut:])
        else:
            file.write(row)
        late = chance.random() < 0.5
        if n % 97 == 96:  # logrotate, while this record is still open
            turns += 1
            if turns % 2:
                path.rename(path.with_name(f"{path.name}.{turns}"))
            else:
                shutil.copyfile(path, path.with_name(f"{path.name}.{turns}"))
                path.open("wb").close()
    if n % 10 == 9:
        time.sleep(0.002)
"""


@pytest.mark.parametrize("seed", range(3))
def test_a_process_that_writes_cuts_and_rotates_is_read_to_the_last_row(
    tmp_path: Path, seed: int
) -> None:
    """600 rows, a third of them written in two halves, six rotations by rename and by copy: read without a pause."""
    n, file, source = 600, tmp_path / "Master.csv", tmp_path / "rows"
    source.write_bytes(b"".join(map(row, range(n))))
    file.write_bytes(b"")
    follower = Follower(connector(file))
    command = [sys.executable, "-c", WRITER, str(file), str(source), str(seed)]
    chance = random.Random(seed)
    with subprocess.Popen(command) as writer:
        while writer.poll() is None:
            follower.read(batches=chance.choice((0, 1, None)))
    assert writer.returncode == 0
    follower.read()
    assert keys(follower.readings) == expected(n)
    reasons = {item.reason for reading in follower.readings for item in reading.rejected}
    assert reasons <= {"the file ends within a row"}
    assert not [call for call in follower.contacts if call.revises]


def write(file: Path, *numbers: int) -> None:
    with file.open("ab") as log:
        log.write(b"".join(map(row, numbers)))


@pytest.mark.parametrize("packed", [False, True])
def test_who_was_away_for_weeks_finds_every_log_since(tmp_path: Path, *, packed: bool) -> None:
    file = tmp_path / "Master.csv"
    write(file, 0, 1)
    follower = Follower(connector(file))
    follower.read()
    for week in range(4):
        write(file, 2 * week + 2, 2 * week + 3)
        for older in sorted(tmp_path.glob("Master.csv.*"), reverse=True):
            number = int(older.name.split(".")[2]) + 1
            older.rename(tmp_path / f"Master.csv.{number}{'.gz' if packed else ''}")
        if packed:
            (tmp_path / "Master.csv.1.gz").write_bytes(gzip.compress(file.read_bytes()))
            file.unlink()
        else:
            file.rename(tmp_path / "Master.csv.1")
    write(file, 10)
    follower.read()
    assert keys(follower.readings) == expected(11)
    assert follower.read().batches == []


def test_a_log_that_rotation_took_away_is_no_error_until_the_next_call(tmp_path: Path) -> None:
    file = tmp_path / "Master.csv"
    write(file, 0)
    follower = Follower(connector(file))
    follower.read()
    write(file, 1)
    file.rename(tmp_path / "Master.csv.1")
    follower.log.check()
    follower.read()
    write(file, 2)
    follower.read()
    assert keys(follower.readings) == expected(3)


def test_whoever_still_has_the_old_log_open_is_read_too(tmp_path: Path) -> None:
    file = tmp_path / "Master.csv"
    write(file, 0)
    follower = Follower(connector(file))
    follower.read()
    with file.open("ab", buffering=0) as late:
        file.rename(tmp_path / "Master.csv.1")
        write(file, 2)
        follower.read()
        late.write(row(1))
    follower.read()
    assert keys(follower.readings) == expected(3)


def test_a_log_that_was_edited_to_its_old_length_is_read_again(tmp_path: Path) -> None:
    """A row was taken out before the place that was reached, and one as long came: by length alone it would be passed over."""
    file = tmp_path / "Master.csv"
    write(file, 0, 1, 2)
    follower = Follower(connector(file))
    follower.read()
    file.write_bytes(row(0) + row(2) + row(3))
    follower.read()
    assert keys(follower.readings) == expected(4)


@pytest.mark.parametrize("taken", [0, 1, 5, 9])
def test_a_row_that_was_taken_out_is_named_within_one_pass(tmp_path: Path, taken: int) -> None:
    file = tmp_path / "Master.csv"
    write(file, *range(10))
    follower = Follower(connector(file))
    state = follower.read()
    assert [part.gone for part in follower.log.holdings(state.cursor, state.memory)] == [()]
    file.write_bytes(b"".join(row(each) for each in range(10) if each != taken))
    for _ in range(2):  # it stays named
        state = follower.read()
        (part,) = follower.log.holdings(state.cursor, state.memory)
        assert part.gone == (f"{FIRST + 60 * taken}.{taken}/0",)
        assert (part.held, part.read, part.missing) == (9, 9, ())
    assert keys(follower.readings) == expected(10)


def test_one_leg_of_several_is_named_by_its_sequence(tmp_path: Path) -> None:
    file = tmp_path / "Master.csv"
    file.write_bytes(b"".join(ROWS))
    follower = Follower(connector(file))
    follower.read()
    file.write_bytes(b"".join(ROWS[:2] + ROWS[3:]))
    state = follower.read()
    (part,) = follower.log.holdings(state.cursor, state.memory)
    assert part.gone == ("1795449820.3/4",)


def test_a_log_that_begins_anew_has_lost_nothing(tmp_path: Path) -> None:
    file = tmp_path / "Master.csv"
    write(file, *range(10))
    follower = Follower(connector(file))
    follower.read()
    file.write_bytes(row(10))
    state = follower.read()
    (part,) = follower.log.holdings(state.cursor, state.memory)
    assert (part.held, part.read, part.missing, part.gone) == (1, 1, (), ())


def test_lines_that_were_not_read_yet_are_named_by_their_numbers(tmp_path: Path) -> None:
    file = tmp_path / "Master.csv"
    write(file, 0, 1)
    follower = Follower(connector(file))
    state = follower.read()
    write(file, 2, 3, 4)
    (part,) = follower.log.holdings(state.cursor, state.memory)
    assert (part.part, part.held, part.read, part.missing) == ("Master.csv", 5, 2, ("3–5",))


def test_the_same_rows_exported_again_are_no_calls_of_their_own(tmp_path: Path) -> None:
    file = tmp_path / "Master.csv"
    write(file, 0, 1, 2)
    follower = Follower(connector(file))
    follower.read()
    write(file, 0, 1, 2, 3)
    follower.read()
    assert keys(follower.readings) == expected(4)
    assert not [call for call in follower.contacts if call.revises]


def test_a_fifth_of_bad_rows_goes_to_quarantine_and_the_rest_is_read(tmp_path: Path) -> None:
    """Cut off, of another width, with a time that is none: also where chance puts more than a fifth of them together."""
    chance, file = random.Random(5), tmp_path / "Master.csv"
    bad = [chance.random() < 0.2 for _ in range(500)]
    spoil = (
        lambda line: line[: chance.randrange(5, 60)] + b"\n",
        lambda line: line.replace(b",", b";"),
        lambda line: line.replace(b"2026-", b"20x6-"),
    )
    file.write_bytes(b"")
    follower = Follower(connector(file))
    for start in range(0, 500, 60):
        with file.open("ab") as log:
            for n in range(start, min(start + 60, 500)):
                log.write(chance.choice(spoil)(row(n)) if bad[n] else row(n))
        follower.read()
    good = sorted(f"{FIRST + 60 * n}.{n}" for n in range(500) if not bad[n])
    assert keys(follower.readings) == good
    rejected = [item for reading in follower.readings for item in reading.rejected]
    assert len(rejected) == sum(bad)


def october(n: int, second: int) -> bytes:
    """A call of four seconds that began at this second of the night in which the clock is set back; no id tells its hour."""
    at = datetime(2026, 10, 24, 22, tzinfo=UTC) + timedelta(seconds=second)
    zurich = at + timedelta(hours=2 if second < 3 * 3600 else 1)
    shown = [f"{zurich + timedelta(seconds=each):%F %T}" for each in (0, 1, 4)]
    return (
        f'"","07911122{n:02}","+41445551101","from-trunk","","PJSIP/trunk-{n:08x}","PJSIP/101-{n + 500:08x}","Dial","PJSIP/101,20",'
        f'"{shown[0]}","{shown[1]}","{shown[2]}",4,3,"ANSWERED","DOCUMENTATION"\n'
    ).encode()


def test_the_two_october_hours_are_told_apart_row_by_row_as_they_come(tmp_path: Path) -> None:
    """By the order of the rows alone, over readings of which each sees one row."""
    file = tmp_path / "Master.csv"
    follower = Follower(
        Asterisk(
            Settings(path=(str(file),), timezone="Europe/Zurich"),
            Context(source="phones", company=COMPANY),
        )
    )
    seconds = range(0, 5 * 3600, 600)
    for n, second in enumerate(seconds):
        with file.open("ab") as log:
            log.write(october(n, second))
        follower.read()
    night = datetime(2026, 10, 24, 22, tzinfo=UTC)
    began = [call.occurred_at.astimezone(UTC) for call in follower.contacts]
    assert began == [night + timedelta(seconds=second) for second in seconds]


# ---- listening


class Pokes:
    """`listen` in a thread, and when it poked."""

    def __init__(self, log: Asterisk) -> None:
        self.at: list[float] = []
        self.came = threading.Semaphore(0)
        self.ended = threading.Event()
        self._thread = threading.Thread(target=log.listen, args=(self._poke, self.ended))

    def __enter__(self) -> Self:
        self._thread.start()
        assert self.came.acquire(timeout=5)
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self._thread.join(2)
        assert not self._thread.is_alive()

    def _poke(self) -> None:
        self.at.append(monotonic())
        self.came.release()


def test_a_new_row_pokes_when_it_has_settled(tmp_path: Path) -> None:
    file = tmp_path / "Master.csv"
    write(file, 0)
    with Pokes(connector(file, settle=1)) as pokes:
        wrote = monotonic()
        write(file, 1)
        assert pokes.came.acquire(timeout=5)
        assert 1 <= pokes.at[-1] - wrote < 3


@pytest.mark.parametrize("happens", ["rotated", "made"])
def test_a_log_that_is_another_one_now_pokes_too(tmp_path: Path, happens: str) -> None:
    file = tmp_path / "Master.csv"
    if happens == "rotated":
        write(file, 0)
    with Pokes(connector(file, settle=0)) as pokes:
        if happens == "rotated":
            file.rename(tmp_path / "Master.csv.1")
        write(file, 1)
        assert pokes.came.acquire(timeout=5)
