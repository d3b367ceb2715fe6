"""The settings file: read, checked, and what it says when something is wrong."""

import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.config.example import COUNTRIES, settings_text
from stammkunde.config.settings import (
    FILE,
    Demo,
    Secret,
    Settings,
    SettingsError,
    SourceTable,
    Store,
    convert,
    read_settings,
)
from stammkunde.core.company import Company


class Own(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings as a connector has them."""

    path: tuple[str, ...] = ()
    port: int = 0
    tls: Literal["implicit", "none"] = "implicit"
    complete: bool = False


def _read(folder: Path, text: str) -> Settings:
    (folder / FILE).write_text(text, encoding="utf-8")
    return read_settings(folder)


def test_without_a_file_everything_has_its_default(tmp_path: Path) -> None:
    assert read_settings(tmp_path) == Settings()
    assert Settings().store == Store(
        url="sqlite:log.db", keys="sqlite:keys.db", master_key=Secret(file="master.key")
    )


def test_what_a_source_says_is_split_into_the_common_and_its_own(tmp_path: Path) -> None:
    settings = _read(
        tmp_path,
        """
        [company]
        name = "Muster Velo AG"
        [demo]
        now = 2026-11-20T16:00:00Z
        [[source]]
        name = "phone"
        connector = "asterisk"
        system = "pbx"
        keep = "facts"
        every = "5m"
        readers = ["clerk"]
        path = ["Master.csv"]
        timezone = "UTC"
        """,
    )
    assert settings.company == {"name": "Muster Velo AG"}
    assert settings.demo == Demo(now=datetime(2026, 11, 20, 16, tzinfo=UTC))
    assert settings.sources == (
        SourceTable(
            name="phone",
            connector="asterisk",
            system="pbx",
            keep="facts",
            every="5m",
            readers=("clerk",),
            own={"path": ["Master.csv"], "timezone": "UTC"},
        ),
    )


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"prot": 1}, "where: unknown setting “prot”; did you mean “port”?"),
        ({"xyzzy": 1}, "where: unknown setting “xyzzy”; known are complete, path, port, tls."),
        ({"port": "many"}, "where: port should be a whole number, as 5."),
        ({"tls": "ssl"}, "where: tls: “ssl” is none of implicit, none."),
        (
            {"tls": "implict"},
            "where: tls: “implict” is none of implicit, none; did you mean “implicit”?",
        ),
        ({"path": "a.csv"}, "where: path should be a list, as [“a”, “b”]."),
        ({"complete": "yes"}, "where: complete should be true or false."),
        ({"path": ["a", 3]}, "where: path[1] should be text, in quotes."),
    ],
)
def test_a_wrong_setting_is_named_with_the_right_one(table: dict[str, Any], words: str) -> None:
    with pytest.raises(SettingsError) as error:
        convert(table, Own, "where")
    assert str(error.value) == words


@pytest.mark.parametrize(
    ("table", "own"),
    [
        ({"path": "a.csv, b.csv"}, Own(path=("a.csv", "b.csv"))),
        ({"path": ["a, b.csv"]}, Own(path=("a, b.csv",))),
        ({"path": ""}, Own()),
        ({"port": "993"}, Own(port=993)),
        ({"complete": "true"}, Own(complete=True)),
    ],
)
def test_text_from_a_command_line_stands_for_lists_and_numbers(
    table: dict[str, Any], own: Own
) -> None:
    assert convert(table, Own, "--set", strict=False) == own


def test_in_the_file_text_is_no_number() -> None:
    with pytest.raises(SettingsError, match="port should be a whole number"):
        convert({"port": "993"}, Own, "where")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"[company\n", "check quotes and brackets in line 1, column 9 (Expected ']'"),
        (b'name = "a\n', "check quotes and brackets in line 1, column 10 ("),
        (b"name = [", "check quotes and brackets (Invalid value (at end of document))."),
        (b"name = '\xe4'", "stammkunde.toml can't be read: save it in UTF-8."),
        (b"[shop]", "stammkunde.toml: unknown setting “shop”; known are company, demo, source, store, web."),
        (b"[sorce]", "stammkunde.toml: unknown setting “sorce”; did you mean “source”?"),
        (b"[demo]\nnow = 3", "[demo]: now should be a time with its offset, as 2026-11-20T17:00:00+01:00."),
        (b"[[source]]\nname = 3", "stammkunde.toml: a [[source]] has no “name”: add one."),
    ],
)  # fmt: skip
def test_a_file_that_is_no_settings_file_is_named_with_the_place(
    text: bytes, words: str, tmp_path: Path
) -> None:
    (tmp_path / FILE).write_bytes(text)
    with pytest.raises(SettingsError) as error:
        read_settings(tmp_path)
    assert words in str(error.value)


def test_a_secret_stands_in_the_environment_or_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "password").write_text(" geheim\n")
    monkeypatch.setenv("PASSWORD", "from outside")
    assert Secret(file="password").read(tmp_path) == "geheim"
    assert Secret(env="PASSWORD").read(tmp_path) == "from outside"
    monkeypatch.delenv("PASSWORD")
    with pytest.raises(SettingsError, match="PASSWORD is not set"):
        Secret(env="PASSWORD").read(tmp_path)
    with pytest.raises(SettingsError, match=r"nothing can't be read: no such file or directory\."):
        Secret(file="nothing").read(tmp_path)


# ---- the example


@pytest.mark.parametrize("country", [*COUNTRIES, "ES"])
def test_the_example_is_what_was_answered(country: str, tmp_path: Path) -> None:
    settings = _read(
        tmp_path,
        settings_text(
            name="Vélo & “Fils”",
            country=country,
            canton="ZH",
            addresses=["info@muster-velo.example"],
            domains=["muster-velo.example"],
            numbers=["052 123 45 00"],
        ),
    )
    currency, timezone = COUNTRIES.get(country, COUNTRIES["CH"])
    company = convert(settings.company, Company, "[company]")
    assert company == Company(
        name="Vélo & “Fils”",
        country=country,
        canton="ZH",
        timezone=timezone,
        currency=currency,
        addresses=("info@muster-velo.example",),
        domains=("muster-velo.example",),
        numbers=("052 123 45 00",),
    )
    assert settings.sources == ()


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_name_survives(name: str) -> None:
    company = tomllib.loads(settings_text(name=name))["company"]
    assert company["name"] == name.replace("\x7f", "")


def test_every_opened_line_of_the_example_is_a_setting(tmp_path: Path) -> None:
    opened = [re.sub(r"^# (?=\w+ = |\[\[)", "", line) for line in settings_text().splitlines()]
    assert len([line for line in opened if line.startswith("# ")]) < 6
    settings = _read(tmp_path, "\n".join(opened))
    assert convert(settings.company, Company, "[company]").never == ("treuhand.example",)
    assert settings.web.trusted_proxy == "127.0.0.1"
    assert [source.connector for source in settings.sources] == [
        "imap",
        "asterisk",
        "woocommerce",
    ]
    assert settings.store == Store()


@pytest.mark.parametrize(
    ("readers", "said"),
    [
        ("clrk", "“clrk” is none of reader, clerk, admin; did you mean “clerk”?"),
        ("Admin", "“Admin” is none of reader, clerk, admin; did you mean “admin”?"),
        ("", "“” is none of reader, clerk, admin."),
    ],
)
def test_readers_are_roles_that_there_are(tmp_path: Path, readers: str, said: str) -> None:
    table = f'[[source]]\nname = "info"\nconnector = "mailbox"\nreaders = ["admin", "{readers}"]\n'
    with pytest.raises(SettingsError) as error:
        _read(tmp_path, table)
    assert str(error.value) == f"[[source]] info: readers: {said}"
