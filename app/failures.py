"""How an error reaches a person: one line in his language with the remedy, and the status to leave with."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from pathlib import Path

import click

from stammkunde.app.locale import Locale
from stammkunde.core.errors import Message

DONE, FAILED, USAGE = 0, 1, 2
DEBUG = "STAMMKUNDE_DEBUG"

TEXTS = (
    # what the system says
    "the system refuses",
    "no such file or directory",
    "not a directory",
    "is a directory",
    "file exists",
    "permission denied",
    "operation not permitted",
    "read-only file system",
    "no space left on device",
    "input/output error",
    "too many open files",
    "file name too long",
    "too many levels of symbolic links",
    # what `verify` finds; `{}` stands for a number
    "it should begin at event {}: a transaction before it is missing",
    "{} of its events are missing",
    "{} events were put into it",
    "it was changed after it was recorded",
    "rows that no transaction accounts for",
    "the last events are missing: they were cut off",
    "the transaction that the key store knows as the last is missing or changed",
    "the keys of {} events are lost, the first is {}",
    "the keys of {} events are altered, the first is {}",
)
"""Texts that come from elsewhere."""

CLICK_TEXTS = (
    "Missing argument",
    "Missing option",
    "Missing command.",
    "Invalid value: {message}",
    "Invalid value for {param_hint}: {message}",
    ("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
    "{value!r} is not a valid {number_type}.",
    "{value} is not in the range {range}.",
    "{name} {filename!r} is a file.",
    "No such option {name!r}.",
    "No such command {name!r}.",
    ("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    "Option {name!r} requires an argument.",
    "Option {name!r} does not take a value.",
    ("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
)
"""What click says of a wrong call, some for one and for many; it looks them up by gettext."""


class WrongCall(click.UsageError):
    """A wrong call that click can't know of; translated where it is shown."""

    def __init__(self, template: str, /, **values: object) -> None:
        """As `Message`; a value may be one."""
        self.sentence = Message(template, **values)
        super().__init__(str(self.sentence))


def usage(error: click.UsageError, locale: Locale) -> str:
    """A wrong call, with where to look it up."""
    command = error.ctx.command_path if error.ctx else "stammkunde"
    words = _said(error, locale)
    if not words.endswith((".", "?")):
        words += "."
    where = locale.text("See “{command} --help”.", command=command)
    return f"{command}: {words} {where}"


def _said(error: click.UsageError, locale: Locale) -> str:
    if isinstance(error, WrongCall):
        return locale.say(error.sentence)
    if isinstance(error, click.NoSuchOption) and error.ctx and error.ctx.parent is None:
        return locale.text(
            "{option} stands after the command, if it takes it: stammkunde COMMAND {option}.",
            option=error.option_name,
        )
    return " ".join(error.format_message().split())


def system(error: OSError, locale: Locale) -> str:
    """What the system refuses, and what to do about it."""
    text = locale.text
    name = f"{os.fsdecode(error.filename)}: " if error.filename else ""
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        remedy = text(
            "access is refused: give this user the right to write there, or name another place with --home."
        )
    elif error.errno in (errno.ENOSPC, errno.EDQUOT):
        remedy = text("the disk is full: make room, then run this again; nothing recorded is lost.")
    else:
        remedy = f"{text((error.strerror or 'the system refuses').lower())}."
    return name + remedy


def trace(error: BaseException) -> None:
    """The whole of it, for those who asked; it may name persons."""
    if os.environ.get(DEBUG):
        traceback.print_exception(error)


def place(error: BaseException) -> str:
    """What failed where, without what it says."""
    frames = traceback.extract_tb(error.__traceback__)
    kind = type(error).__name__
    return f"{kind}, {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else kind


def defect(error: BaseException, locale: Locale) -> str:
    """Our own mistake: what and where without any content, which may be personal."""
    return locale.text(
        "this is a defect of Stammkunde ({place}); nothing recorded is lost. Report this line to the project's issues;"
        " {debug}=1 shows more, which may name persons.",
        place=place(error),
        debug=DEBUG,
    )


def of_connector(error: BaseException) -> Message:
    """The mistake of a connector, told beside a source or file; the log says where."""
    return Message(
        "This is an error of the connector ({kind}): please report it; the log says where.",
        kind=type(error).__name__,
    )


def say(line: str) -> None:
    """One line on stderr; nothing where there is nothing to say, or nobody listens."""
    if not line:
        return
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
