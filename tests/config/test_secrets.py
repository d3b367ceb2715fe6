"""Secrets of sources: the settings file says where they stand, the connector gets the text."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from stammkunde.config.settings import SettingsError, with_secrets
from stammkunde.connectors import registry
from stammkunde.connectors.interface import Secret


class _Settings(msgspec.Struct):
    """`password`: a secret."""

    user: str = ""
    password: Secret = ""


class _Connector:
    Settings = _Settings


def test_a_secret_is_known_by_its_type() -> None:
    assert registry.secrets_of(_Connector) == ["password"]  # type: ignore[arg-type]


def test_the_connector_gets_the_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "box.password").write_text("vier Worte\n")
    monkeypatch.setenv("BOX", "aus der Umgebung")
    read = with_secrets(
        {"user": "anna", "password": {"file": "box.password"}}, ["password"], tmp_path, "here"
    )
    assert read == {"user": "anna", "password": "vier Worte"}
    assert with_secrets({"password": {"env": "BOX"}}, ["password"], tmp_path, "here") == {
        "password": "aus der Umgebung"
    }


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("geheim", "password is a secret and stands elsewhere"),
        ({"file": "absent"}, "can't be read"),
        ({"fiel": "x"}, "did you mean “file”"),
    ],
)
def test_a_secret_written_out_or_absent_is_refused(
    tmp_path: Path, value: object, said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        with_secrets({"password": value}, ["password"], tmp_path, "here")


def test_a_secret_left_out_stays_left_out(tmp_path: Path) -> None:
    assert with_secrets({"user": "anna"}, ["password"], tmp_path, "here") == {"user": "anna"}
