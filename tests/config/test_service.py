"""The systemd unit: systemd finds no fault with it, and what it promises is what the program does."""

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from stammkunde.app.daemon.daemon import STOP_S

UNIT = Path(__file__).parents[2] / "config" / "stammkunde.service"


def settings() -> configparser.SectionProxy:
    unit = configparser.RawConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(UNIT)
    return unit["Service"]


def test_systemd_finds_no_fault(tmp_path: Path) -> None:
    """With a program that is there, since the unit's own is where somebody installs it."""
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed")
    text = UNIT.read_text(encoding="utf-8")
    text = re.sub(r"^ExecStart=\S+", f"ExecStart={sys.executable}", text, flags=re.MULTILINE)
    text = text.replace("Documentation=file:/opt/stammkunde/docs/operating.md\n", "")
    unit = tmp_path / UNIT.name
    unit.write_text(text, encoding="utf-8")
    checked = subprocess.run(
        [analyze, "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )
    ours = [line for line in checked.stderr.splitlines() if UNIT.name in line]
    assert (checked.returncode, ours) == (0, [])


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("Type", "notify"),
        ("Restart", "on-failure"),
        ("ProtectSystem", "strict"),
        ("NoNewPrivileges", "yes"),
        ("PrivateTmp", "yes"),
        ("MemoryDenyWriteExecute", "yes"),
        ("CapabilityBoundingSet", ""),
    ],
)
def test_the_sandbox_is_shut(key: str, value: str) -> None:
    assert settings()[key] == value


def test_only_the_home_is_written() -> None:
    unit = settings()
    home = unit["Environment"].removeprefix("STAMMKUNDE_HOME=")
    assert unit["ReadWritePaths"] == home == f"/var/lib/{unit['StateDirectory']}"


def test_a_stop_is_waited_for() -> None:
    assert int(settings()["TimeoutStopSec"]) > STOP_S + 2
