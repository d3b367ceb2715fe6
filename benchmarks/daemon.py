"""The daemon at rest: what ten sources cost while nothing happens, and how soon what does happen can be seen."""

from __future__ import annotations

import os
import signal
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Result, at_most
from benchmarks.rows import folder
from stammkunde.app.bootstrap import opened

SOURCES = 10
MAILS = 200
"""Of each source."""
SETTLE_S, REST_S = 15.0, 30.0
NEWS = 9
_TICK = os.sysconf("SC_CLK_TCK")


def run() -> Iterator[Result]:
    """`stammkunde run` as a process of its own: memory and processor of half a minute, then a mail at a time."""
    with folder() as path:
        home = path / "home"
        settings = ['[company]\naddresses = ["info@muster-velo.example"]\n[web]\nport = 0\n']
        for number in range(SOURCES):
            mails = path / f"mails{number}"
            mails.mkdir()
            for mail in range(MAILS):
                _letter(mails, number, mail)
            settings.append(
                f'[[source]]\nname = "s{number}"\nconnector = "mailbox"\nevery = "{"1s" if number == 0 else "5m"}"\n'
                f'path = ["{mails}"]\n'
            )
        with opened(home) as made:
            made.create("\n".join(settings))
        process = subprocess.Popen(
            [sys.executable, "-m", "stammkunde.app", "--home", str(home), "run", "--port", "0"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _until(home, SOURCES * MAILS)
            time.sleep(SETTLE_S)
            before = _cpu_s(process.pid)
            time.sleep(REST_S)
            busy = (_cpu_s(process.pid) - before) / REST_S * 100
            yield at_most(
                "daemon", "idle with 10 sources, one read each second", busy, "% of a core", 1
            )
            yield at_most("daemon", "memory, RSS", _rss_mb(process.pid), "MiB", 150)
            waits = []
            for number in range(NEWS):
                _letter(path / "mails0", 0, MAILS + number)
                began = time.perf_counter()
                _until(home, SOURCES * MAILS + number + 1)
                waits.append((time.perf_counter() - began) * 1000)
            wait = statistics.median(waits)
            yield at_most("daemon", "a new file to the view, read each second", wait, "ms", 1500)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def _letter(mails: Path, source: int, number: int) -> None:
    hour, minute = number // 60 % 24, number % 60
    (mails / f"{number}.eml").write_text(
        f"From: person{number}@kunden{source}.example\nTo: info@muster-velo.example\nSubject: Anfrage {number}\n"
        f"Date: Mon, 16 Nov 2026 {hour:02}:{minute:02}:00 +0100\nMessage-ID: <{number}@kunden{source}.example>\n\nGuten Tag\n"
    )


def _until(home: Path, contacts: int) -> None:
    while _contacts(home) < contacts:
        time.sleep(0.005)


def _contacts(home: Path) -> int:
    try:
        views = sqlite3.connect(f"file:{home / 'views.db'}?mode=ro", uri=True)
        try:
            return int(views.execute("SELECT count(*) FROM contacts").fetchone()[0])
        finally:
            views.close()
    except sqlite3.OperationalError:  # not made yet
        return 0


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def _rss_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS:"))) / 1024
