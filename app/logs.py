"""What the daemon writes to stderr: one line an event, as text or as JSON; never anything of a contact."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

Form: TypeAlias = Literal["text", "json"]


class _Discreet(logging.Formatter):
    """Of an error its kind and where it happened: what it says may name anybody."""

    def formatException(self, ei: Any) -> str:  # noqa: N802
        kind, _, trace = ei
        frames = "".join(traceback.format_tb(trace))
        return f"{frames}{kind.__name__}" if kind else ""


class _Text(_Discreet):
    def format(self, record: logging.LogRecord) -> str:
        return f"{_instant(record)} {record.levelname.lower()} {super().format(record)}"


class _Json(_Discreet):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": _instant(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def write_logs(form: Form) -> None:
    """Let our own loggers write from `INFO`, those of libraries from `WARNING`.

    The scheduler's own are left out: it tells of every poke.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if form == "json" else _Text())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("stammkunde").setLevel(logging.INFO)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def _instant(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
