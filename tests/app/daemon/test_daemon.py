"""The daemon in one process: a reload and a stop at the same time, and a reload that fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from stammkunde.app.bootstrap import opened
from stammkunde.app.daemon.daemon import Daemon
from stammkunde.config.settings import SourceTable
from tests.app.daemon.acting import new_home


def test_a_reload_that_comes_after_the_stop_starts_nothing(tmp_path: Path) -> None:
    with opened(new_home(tmp_path / "home")) as home:
        daemon = Daemon(home)
        with daemon:
            pass
        daemon._start([SourceTable(name="late", connector="mailbox")])
        assert daemon.receive("late", None).status == 404  # type: ignore[arg-type]


def test_a_reload_that_fails_in_any_way_does_not_end_the_watching(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse() -> bool:
        daemon._ended.set()  # the warden ends after this look
        raise PermissionError("stammkunde.toml")

    with opened(new_home(tmp_path / "home")) as home:
        daemon = Daemon(home)
        monkeypatch.setattr(home, "reload", refuse)
        with daemon:
            daemon.reload()
            daemon._warden.join(5)
            assert not daemon._warden.is_alive()
    assert "Reading the settings again failed: PermissionError" in caplog.text
