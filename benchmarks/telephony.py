"""A call log of a million rows to finished calls, against `csv.reader` alone over the same file."""

from __future__ import annotations

import csv
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from heapq import heappop, heappush
from itertools import islice
from pathlib import Path
from typing import TypeAlias
from zoneinfo import ZoneInfo

from benchmarks.measure import Result, against, at_most, cpu, interleaved, peak
from benchmarks.rows import PEOPLE, folder
from benchmarks.wiring import collect_rarely
from stammkunde.connectors.asterisk import Asterisk, Settings
from stammkunde.connectors.interface import Context, Memory
from stammkunde.core.company import Company

ROWS = 1_000_000
BEGIN = round(datetime(2025, 1, 1, tzinfo=UTC).timestamp())
ZONE = ZoneInfo("Europe/Zurich")
EVERY = 50
"""Seconds from call to call on average: the rows are those of a year."""

SHARES = {
    "answered": 30, "out": 15, "voicemail": 10, "ring group": 10, "missed": 9, "queue": 6, "internal": 5, "busy": 3,
    "abandoned": 3, "forwarded": 3, "blind transfer": 3, "attended transfer": 3,
}  # fmt: skip
"""What calls are, in per cent: 1.6 legs to each."""

_COLLEAGUE = '"""Anna Keller"" <101>"'

Leg: TypeAlias = tuple[str, str, str, int, int, int, str]
"""Its other channel, application and data; start after the call's, duration, seconds from the answer; disposition."""


def run() -> Iterator[Result]:
    """The whole connector, as an import calls it, and its memory in a process of its own."""
    collect_rarely()
    with folder() as path:
        log = path / "Master.csv"
        write_log(log)
        figures = interleaved(
            {
                "csv.reader": lambda _: cpu(lambda: read_plainly(log)) / ROWS,
                "calls": lambda _: cpu(lambda: read_calls(log)) / ROWS,
            }
        )
        yield against("telephony", "finished calls, per row", figures, "calls", "csv.reader", 5)
        memory = subprocess.run(
            [sys.executable, "-m", "benchmarks.telephony", str(log)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        yield at_most("telephony", "memory at 1,000,000 rows", float(memory), "MiB", 150)


def read_plainly(log: Path) -> None:
    """The least that anybody has to do."""
    with log.open(newline="", encoding="utf-8") as file:
        for _ in csv.reader(file):
            pass


def read_calls(log: Path) -> int:
    """How many calls with somebody outside there are; each is gone with its batch."""
    connector = Asterisk(Settings(path=(str(log),)), Context(source="phones", company=Company()))
    return sum(len(batch.contacts) for batch in connector.fetch(None, _Nothing()))


class _Nothing(Memory):
    """Nothing is remembered of earlier readings."""

    def get(self, key: str) -> None:
        del key


# ---- the log


def write_log(log: Path, rows: int = ROWS) -> None:
    """Rows of 21 columns in local time, as Asterisk 22 writes them: the legs of a channel together, when it ends."""
    with log.open("w", encoding="utf-8") as file:
        file.writelines(islice(_rows(random.Random(1)), rows))  # noqa: S311


def _rows(chance: random.Random) -> Iterator[str]:
    """Without end, in the order in which channels end: a consultation's long before the call that is handed over."""
    people = [_person(chance) for _ in range(PEOPLE)]
    kinds = chance.choices(list(SHARES), list(SHARES.values()), k=10_000)
    running: list[tuple[int, int, list[str]]] = []
    at, channels = BEGIN, 0
    while True:
        kind = chance.choice(kinds)
        at += chance.randrange(2 * EVERY)
        while running and running[0][0] <= at:
            yield from heappop(running)[2]
        channels += 8
        number, clid = people[int(PEOPLE * chance.random() ** 2)]
        ring, talk = chance.randrange(2, 30), chance.randrange(10, 600)
        call = f"{at}.{channels}"
        if kind in ("out", "internal"):
            dialled = number if kind == "out" else "103"
            end = f'"101","{dialled}","internal",{_COLLEAGUE},"PJSIP/101-{channels:08x}"'
        else:
            end = f'"{number}","+41445551101","from-trunk",{clid},"PJSIP/trunk-{channels:08x}"'
        legs = _legs(number, ring, talk)[kind]
        rows = [_row(end, leg, at, call, call, channels + nth) for nth, leg in enumerate(legs)]
        ends = at + max(after + lasted for _, _, _, after, lasted, _, _ in legs)
        heappush(running, (ends, channels, rows))
        if kind == "attended transfer":
            end = f'"101","103","internal",{_COLLEAGUE},"PJSIP/101-{channels + 4:08x}"'
            asked = ("PJSIP/103", "Dial", "PJSIP/103,20", ring + 5, 20, 15, "ANSWERED")
            row = _row(end, asked, at, f"{at + ring + 5}.{channels + 4}", call, channels + 5)
            heappush(running, (at + ring + 25, channels + 4, [row]))


def _person(chance: random.Random) -> tuple[str, str]:
    """A number of Switzerland or its neighbours, as the network writes it, with a name or none."""
    form, digits = chance.choice(
        (("079", 7), ("044", 7), ("+4179", 7), ("+4131", 7), ("+4915", 9), ("+4366", 8))
    )
    number = form + "".join(chance.choices("0123456789", k=digits))
    name = f"Person {number[-4:]}" if chance.random() < 0.5 else ""
    return number, f'"""{name}"" <{number}>"'


def _legs(number: str, ring: int, talk: int) -> dict[str, list[Leg]]:
    """The legs of each kind of call, as those that we recorded."""
    everyone = "PJSIP/101&PJSIP/102&PJSIP/103,20"
    lasts = ring + talk
    taken = ("PJSIP/101", "Dial", "PJSIP/101,20", 0, lasts, talk, "ANSWERED")
    missed = ("PJSIP/101", "Dial", "PJSIP/101,20", 0, ring, -1, "NO ANSWER")
    trunk = ("PJSIP/trunk", "Dial", f"PJSIP/{number}@trunk,30", 0, lasts, talk, "ANSWERED")
    away = ("PJSIP/trunk", "Dial", "PJSIP/0791234567@trunk,10", ring, talk, talk - 5, "ANSWERED")
    colleague = ("PJSIP/103", "Dial", "PJSIP/103,20", 0, lasts, talk, "ANSWERED")
    sent_on = ("PJSIP/103", "Dial", "PJSIP/103,20", lasts, 60, 60, "ANSWERED")
    losers: list[Leg] = [
        (f"PJSIP/{extension}", "Dial", everyone, 0, ring, -1, "NO ANSWER")
        for extension in ("102", "103")
    ]
    queued: list[Leg] = [
        (f"PJSIP/{extension}", "Queue", "support,,,,20", 0, ring, ring, "NO ANSWER")
        for extension in ("101", "102", "103")
    ]
    found = ("PJSIP/103", "Queue", "support,,,,20", 0, lasts, lasts, "ANSWERED")
    return {
        "answered": [taken],
        "out": [trunk],
        "voicemail": [missed, ("", "VoiceMail", "101@default,us", ring, 20, 20, "ANSWERED")],
        "ring group": [("PJSIP/101", "Dial", everyone, 0, lasts, talk, "ANSWERED"), *losers],
        "missed": [missed],
        "queue": [*queued[:2], found],
        "internal": [colleague],
        "busy": [
            ("PJSIP/101", "Dial", "PJSIP/101,20", 0, 0, -1, "BUSY"),
            ("", "Busy", "2", 0, 2, -1, "BUSY"),
        ],
        "abandoned": queued,
        "forwarded": [missed, away],
        "blind transfer": [taken, sent_on],
        "attended transfer": [taken],
    }


def _row(end: str, leg: Leg, call_began: int, uniqueid: str, linkedid: str, sequence: int) -> str:
    channel, application, data, after, lasted, talked, disposition = leg
    began = call_began + after
    ended = began + lasted
    answered = f'"{_local(ended - talked)}"' if talked >= 0 else ""
    if channel:
        channel += f"-{sequence + 1:08x}"
    return (
        f'"",{end},"{channel}","{application}","{data}","{_local(began)}",{answered},"{_local(ended)}",'
        f'{lasted},{max(talked, 0)},"{disposition}","DOCUMENTATION","{uniqueid}","","","{linkedid}",{sequence}\n'
    )


def _local(second: int) -> str:
    return f"{datetime.fromtimestamp(second, ZONE):%Y-%m-%d %H:%M:%S}"


if __name__ == "__main__":
    collect_rarely()
    read_calls(Path(sys.argv[1]))
    print(peak())
