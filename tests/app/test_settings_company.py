"""`[company]`: every wrong value is refused when the settings are read, in one line with a right one beside it."""

import datetime as dt
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from stammkunde.app.calendars import business_calendar
from stammkunde.app.company import company_of
from stammkunde.core.company import Company
from stammkunde.core.errors import SettingError
from tests.app.calling import Run

DATA = Path(__file__).parents[1] / "data"
CARDS = str(DATA / "addressbook" / "book.vcf")

WRONG: list[tuple[str, Any, str, str]] = [
    ("country", "XX", "“XX” is no country code", "“CH”"),
    ("country", "ch", "“ch” is no country code", "“CH”"),
    ("country", "", "“” is no country code", "“CH”"),
    ("timezone", "Europe/Zurch", "“Europe/Zurch” is no time zone", "“Europe/Zurich”"),
    ("timezone", "Europe", "“Europe” is no time zone", "“Europe/Zurich”"),
    ("timezone", "../etc/passwd", "is no time zone", "“Europe/Zurich”"),
    ("timezone", "", "“” is no time zone", "“Europe/Zurich”"),
    ("currency", "Fr.", "“Fr.” is no currency code", "“CHF”"),
    ("currency", "chf", "“chf” is no currency code", "“CHF”"),
    ("languages", ["deutsch"], "“deutsch” is no language code", "“de”"),
    ("languages", ["de", "xx"], "“xx” is no language code", "“de”"),
    ("addresses", ["info"], "“info” is no mail address", "“info@muster-velo.example”"),
    ("addresses", ["info@velo"], "“info@velo” is no mail address", "“info@muster-velo.example”"),
    ("domains", ["@muster-velo.example"], "is no domain", "“muster-velo.example”"),
    ("domains", ["muster velo.example"], "is no domain", "“muster-velo.example”"),
    ("domains", ["muster-velo"], "“muster-velo” is no domain", "“muster-velo.example”"),
    ("domains", ["-a.example"], "“-a.example” is no domain", "“muster-velo.example”"),
    ("never", ["treuhand"], "is neither mail address nor domain", "“treuhand.example”"),
    ("numbers", ["12"], "“12” is no telephone number in CH", "“+41 52 123 45 00”"),
    ("numbers", ["unsere"], "“unsere” is no telephone number in CH", "“+41 52 123 45 00”"),
    ("holidays", ["20.4.2026"], "“20.4.2026” is no day", "“2026-04-20”"),
    ("holidays", ["2026-02-30"], "“2026-02-30” is no day", "“2026-04-20”"),
    ("hours", {"mo-fr": "8-12"}, "“mo-fr” should read like", "08:00-12:00"),
    ("hours", {"mx": "08:00-12:00"}, "“mx” is no day", "mo-fr"),
]


@pytest.mark.parametrize(("key", "value", "problem", "example"), WRONG)
def test_a_wrong_value_is_named_with_a_right_one(
    key: str, value: object, problem: str, example: str
) -> None:
    with pytest.raises(SettingError) as error:
        company_of({key: value})
    line = str(error.value)
    assert line.startswith("[company]")
    assert f"{key}: " in line
    assert problem in line
    assert example in line.split(problem)[1]


def test_what_is_right_comes_in_the_form_in_which_things_are_compared() -> None:
    assert company_of(
        {
            "country": "DE",
            "timezone": "Europe/Berlin",
            "currency": "EUR",
            "languages": "de, rm",
            "addresses": ["Info@Bücher.example"],
            "domains": ["Bücher.example", "Laden.Bücher.example"],
            "never": ["Treuhand.example", "Anna@Kanzlei.example"],
            "numbers": ["030 1234567", "+41 52 123 45 00"],
            "holidays": [dt.date(2026, 4, 20), "2026-12-24"],
        }
    ) == Company(
        country="DE",
        timezone="Europe/Berlin",
        currency="EUR",
        languages=("de", "rm"),
        addresses=("info@xn--bcher-kva.example",),
        domains=("xn--bcher-kva.example", "laden.xn--bcher-kva.example"),
        never=("treuhand.example", "anna@kanzlei.example"),
        numbers=("+49301234567", "+41521234500"),
        holidays=("2026-04-20", "2026-12-24"),
    )
    assert company_of({}) == Company()


@pytest.mark.parametrize(
    ("country", "canton", "words"),
    [
        ("CH", "XX", "canton: “XX” is no part of CH whose holidays are known: write it like “ZH”."),
        ("DE", "ZH", "canton: “ZH” is no part of DE whose holidays are known: write it like “BB”."),
        ("LI", "ZH", "canton: “ZH”: no holidays of parts of LI are known: leave it out."),
        ("AC", "", "country: no public holidays are known for “AC”: use a country like “CH”."),
    ],
)
def test_a_canton_without_holidays_is_refused(country: str, canton: str, words: str) -> None:
    company = company_of({"country": country, "canton": canton})
    with pytest.raises(SettingError) as error:
        business_calendar(company, 2026)
    assert str(error.value) == f"[company]: {words}"


@pytest.mark.parametrize("command", [f"import {CARDS}", "sync"])
def test_a_wrong_canton_is_refused_before_anything_is_read(
    command: str, home: Path, run: Run
) -> None:
    (home / "stammkunde.toml").write_text(
        f'company = {{ canton = "XX" }}\n[[source]]\nname = "cards"\nconnector = "addressbook"\npath = ["{CARDS}"]\n'
    )
    result = run(home, *command.split())
    assert (result.status, result.out) == (1, "")
    assert "“XX” is no part of CH" in result.err
    assert result.err.count("\n") == 1
    assert run(home, "status").out.startswith("0 events")


@pytest.mark.parametrize("command", ["status", f"import {CARDS}", "customers", "verify"])
def test_every_command_refuses_a_wrong_company_in_one_line(
    command: str, home: Path, run: Run
) -> None:
    (home / "stammkunde.toml").write_text('[company]\ntimezone = "Zurich"\n')
    result = run(home, *command.split())
    assert (result.status, result.out) == (1, "")
    assert result.err == (
        "stammkunde: [company]: timezone: “Zurich” is no time zone: write it like “Europe/Zurich”.\n"
    )


def test_a_company_behind_set_is_checked_too(home: Path, run: Run) -> None:
    result = run(home, "import", CARDS, "--set", "company.numbers=052 123 45 00, 12")
    assert (result.status, result.out) == (1, "")
    assert "numbers: “12” is no telephone number" in result.err


def test_a_command_that_only_reads_does_without_the_library_of_holidays(home: Path) -> None:
    code = (
        "import sys; from stammkunde.app.cli import main; "
        f"main(['--home', {str(home)!r}, 'status']); sys.exit('holidays' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    assert done.returncode == 0
