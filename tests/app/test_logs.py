"""What the daemon writes to stderr: lines of text or JSON in which an error says where, and never what it was about."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from stammkunde.app.logs import Form, write_logs


@pytest.fixture(autouse=True)
def _loggers() -> Iterator[None]:
    root = logging.getLogger()
    names = ("", "stammkunde", "apscheduler")
    before = [(logging.getLogger(name), logging.getLogger(name).level) for name in names]
    handlers = root.handlers[:]
    yield
    root.handlers[:] = handlers
    for logger, level in before:
        logger.setLevel(level)


@pytest.mark.parametrize("form", ["text", "json"])
def test_an_error_says_where_and_not_of_whom(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    write_logs(form)
    name = " ".join(("Anna", "Keller"))
    try:
        int(name)
    except ValueError:
        logging.getLogger("stammkunde.app").exception("It failed.")
    said = stream.getvalue()
    assert "ValueError" in said
    assert "test_logs.py" in said
    assert "Keller" not in said
    if form == "json":
        assert "ValueError" in json.loads(said)["trace"]
