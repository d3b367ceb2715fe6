"""One daemon a home: a lock on a file, which the system lets go of however the process ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stammkunde.core.errors import N_, HomeError

FILE = "daemon.lock"
RUNS = N_(
    "Process {pid} runs on this home already: stop that one first, or show the pages alone: stammkunde run --only web --port N."
)
READS = N_(
    "Process {pid} reads the sources of this home: stop it, run this again, and then start it."
)


@contextmanager
def alone(home: Path, refusal: str = RUNS) -> Iterator[None]:
    """Be the only one who reads this home's sources; `HomeError` with this sentence names the process that does already."""
    handle = os.open(home / FILE, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise HomeError(refusal, pid=os.pread(handle, 20, 0).decode() or "?") from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)
