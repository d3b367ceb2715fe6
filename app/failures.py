"""How an error reaches a person: one line with the remedy, and the status to leave with."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from pathlib import Path

import click

DONE, FAILED, USAGE = 0, 1, 2
DEBUG = "STAMMKUNDE_DEBUG"
_BEFORE = ("--lang", "--home")


def usage(error: click.UsageError) -> str:
    """A wrong call, with where to look it up."""
    command = error.ctx.command_path if error.ctx else "stammkunde"
    if isinstance(error, click.NoSuchOption) and error.option_name in _BEFORE:
        return f"{command}: {error.option_name} stands before the command: stammkunde {error.option_name} …"
    words = " ".join(error.format_message().split())
    if not words.endswith((".", "?")):
        words += "."
    return f"{command}: {words} See “{command} --help”."


def system(error: OSError) -> str:
    """What the system refuses, and what to do about it."""
    name = f"{os.fsdecode(error.filename)}: " if error.filename else ""
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{name}access is refused: give this user the right to write there, or name another place with --home."
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{name}the disk is full: make room, then run this again; nothing recorded is lost."
    return f"{name}{(error.strerror or 'the system refuses').lower()}."


def trace(error: BaseException) -> None:
    """The whole of it, for those who asked; it may name persons."""
    if os.environ.get(DEBUG):
        traceback.print_exception(error)


def defect(error: BaseException) -> str:
    """Our own mistake: what and where without any content, which may be personal."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    return (
        f"this is a defect of Stammkunde ({type(error).__name__}{place}); nothing recorded is lost. Report this line"
        f" to the project's issues; {DEBUG}=1 shows more, which may name persons."
    )


def say(line: str) -> None:
    """One line on stderr; where nobody listens there, nothing."""
    try:
        click.echo(f"stammkunde: {line}" if not line.startswith("stammkunde") else line, err=True)
    except OSError:
        return


def nobody_reads() -> None:
    """The reader of our output left (`| head`): what is still buffered goes nowhere instead of into an error."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            os.dup2(nowhere, stream.fileno())
        except (OSError, ValueError):
            continue
    os.close(nowhere)
