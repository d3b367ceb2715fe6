"""German or English: by `--lang`, else by the locale, else English; and numbers as one writes them here."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import pytest

from stammkunde.app import writing
from stammkunde.app.cli import COMMANDS, program
from stammkunde.app.locale import Locale, language
from tests.app.calling import Run
from tests.app.test_cli_errors import FREI, WRONG_CALLS, WRONG_HOME, Prepare

ZONE = ZoneInfo("Europe/Zurich")


@pytest.mark.parametrize(
    ("asked", "environment", "code"),
    [
        ("de", {"LANG": "en_US.UTF-8"}, "de"),
        ("en", {"LANG": "de_CH.UTF-8"}, "en"),
        (None, {"LANG": "de_CH.UTF-8"}, "de"),
        (None, {"LANG": "DE"}, "de"),
        (None, {"LANG": "en_GB.UTF-8", "LC_MESSAGES": "de_CH.UTF-8"}, "de"),
        (None, {"LANG": "de_CH.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        (None, {"LANG": "fr_CH.UTF-8"}, "en"),
        (None, {"LC_ALL": "", "LANG": "de_CH.UTF-8"}, "de"),
        (None, {}, "en"),
    ],
)
def test_the_language_of_a_run(
    asked: str | None, environment: Mapping[str, str], code: str
) -> None:
    assert language(asked, environment) == code


def test_what_is_not_in_the_catalogue_stays_english() -> None:
    german = Locale("de")
    assert german.text("No such text {x}", x=1) == "No such text 1"
    assert german.text("") == ""
    assert german.word("telepathy") == "telepathy"
    assert german.word(None) == ""


@pytest.mark.parametrize(
    ("code", "n", "shown"),
    [
        ("de", 1, "1 Kontakt"),
        ("de", 0, "0 Kontakte"),
        ("de", 25_900, "25’900 Kontakte"),
        ("en", 1, "1 contact"),
        ("en", 1_234_567, "1,234,567 contacts"),
    ],
)
def test_one_and_many(code: str, n: int, shown: str) -> None:
    assert Locale(code).plural("{n} contact", "{n} contacts", n) == shown


def test_a_note_keeps_its_numbers() -> None:
    note = "3 of 12 with tax: the source does not tell it"
    assert Locale("en").sentence(note) == note
    assert Locale("de").sentence(note) == "3 von 12 mit Steuer: Die Quelle nennt sie nicht"


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_german_from_top_to_bottom(command: str, tmp_path: Path, run: Run) -> None:
    result = run(tmp_path, "--lang", "de", command, "--help")
    assert result.status == 0
    assert result.out.startswith(f"Aufruf: stammkunde {command} [OPTIONEN]")
    assert "Zeigt diese Hilfe." in result.out
    for english in ("Options", "Usage", "Show this", " the ", "[required]", "x>=1"):
        assert english not in result.out


def test_the_locale_alone_makes_help_german(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "de_CH.UTF-8")
    assert "Befehle:" in run(tmp_path, "--help").out
    assert "Commands:" in run(tmp_path, "--lang", "en", "--help").out


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_shows_examples_and_explains_each_option(command: str) -> None:
    context = click.Context(program)
    found = program.get_command(context, command)
    assert found is not None
    assert found.help is not None
    assert f"stammkunde {command}" in found.help or f" {command} " in found.help
    for option in found.params:
        assert not isinstance(option, click.Option) or option.help, option.name


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("status", "--lang", "de"), "Ereignisse"),
        (("status", "--lang=de"), "Ereignisse"),
        (("--lang", "en", "status", "--lang", "de"), "Ereignisse"),
        (("--lang", "de", "status", "--lang", "en"), "events"),
        (("quarantine", "list", "--lang", "de"), "Nichts wartet"),
        (("quarantine", "--lang", "de", "list"), "Nichts wartet"),
        (("status", "--help", "--lang", "de"), "Zeigt diese Hilfe."),
        (("--help", "--lang", "de"), "Zeigt diese Hilfe."),
        (("connectors", "--lang", "de"), "complete (ja/nein) = nein"),
    ],
)
def test_the_language_may_stand_after_the_command(
    words: tuple[str, ...], says: str, home: Path, run: Run
) -> None:
    result = run(home, *words)
    assert (result.status, result.err) == (0, "")
    assert says in result.out


def test_the_home_may_stand_after_the_command(home: Path, tmp_path: Path, run: Run) -> None:
    result = run(tmp_path / "none", "status", "--home", str(home), "--json")
    assert (result.status, result.err) == (0, "")
    assert run(tmp_path / "none", "status").status == 1


def test_two_dashes_end_the_options(own_company: Path, run: Run) -> None:
    result = run(own_company, "note", "sandra.keller@bergpost.example", "--", "--lang")
    assert (result.status, result.err) == (0, "")


@pytest.mark.parametrize(
    "command", [row[0] for row in WRONG_CALLS if FREI not in row[0] and "--lang" not in row[0]]
)
def test_a_wrong_call_is_refused_in_german(command: str, company: Path, run: Run) -> None:
    words = command.split()
    english, german = run(company, *words), run(company, "--lang", "de", *words)
    assert german.status == english.status
    assert german.err.count("\n") == 1
    _is_german(german.err, english.err)


@pytest.mark.parametrize("row", WRONG_HOME, ids=lambda row: str(row[0]))
def test_a_home_that_is_not_right_is_refused_in_german(
    row: tuple[str, Prepare, str, int, str], home: Path, run: Run
) -> None:
    row[1](home)
    english, german = (run(home, "--lang", code, *row[2].split()) for code in ("en", "de"))
    assert (german.status, german.out) == (english.status, "")
    _is_german(german.err, english.err)


def _is_german(german: str, english: str) -> None:
    """What stands in brackets may be another program's words."""
    assert german != english
    spoken = re.sub(r"\([^)]*\)|«[^»]*»|'[^']*'", "", german)
    found = {word.strip(".,:;?") for word in spoken.lower().split()}
    assert not found & {"the", "is", "not", "there", "did", "should", "see", "no", "one", "missing"}


READING = ("status", "contacts", "customers", "figures", "todo", "review", "verify", "connectors")


@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("command", [*READING, "customer sandra.keller@bergpost.example --why"])
def test_no_line_is_wider_than_the_terminal(
    command: str, lang: str, width: int, company: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    result = run(company, "--lang", lang, *command.split())
    assert (result.status, result.err) == (0, "")
    exact = ("stammkunde ", "  stammkunde assign")  # what one copies is never cut
    wide = [line for line in result.lines if writing.columns(line) > width]
    assert [line for line in wide if not line.startswith(exact) and "stammkunde" not in line] == []


def test_german_lists_speak_german(company: Path, run: Run) -> None:
    for command, words in {
        "contacts": ("Zeit", "Telefon", "verpasst", "Bestellung"),
        "customers --limit 200": ("Interessent", "Kontakte", "Umsatz"),
        "figures": ("KUNDENBESTAND", "Schlummernde Kunden", "eingehend", "abgewandert = "),
        "todo": ("Seit", "unterdrückt", "Betriebszeit"),
        "status": ("Ereignisse", "gelesen"),
    }.items():
        out = run(company, "--lang", "de", *command.split()).out
        for word in words:
            assert word in out, command


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (writing.number(1234567), "1’234’567"),
        (writing.number(-121000), "−121’000"),
        (writing.number(2.649, 1), "2.6"),
        (writing.money(Decimal("18460"), "CHF"), "CHF 18’460.00"),
        (writing.money(Decimal("-0.125"), "CHF"), "CHF −0.12"),
        (writing.share(0.846), "84.6\N{NARROW NO-BREAK SPACE}%"),
        (writing.day(date(2026, 11, 3)), "03.11.2026"),
        (writing.moment(datetime(2026, 11, 20, 10, 52, tzinfo=UTC), ZONE, "de"), "Fr 20.11. 11:52"),
        (writing.moment(datetime(2026, 7, 31, 22, 30, tzinfo=UTC), ZONE, "en"), "Sat 01 Aug 00:30"),
        (writing.number(1234567.25, 1, "en"), "1,234,567.2"),
        (writing.money(Decimal("-18460.125"), "CHF", "en"), "CHF −18,460.12"),
        (writing.day(date(2026, 11, 3), "en"), "03 Nov 2026"),
        (writing.full_moment(datetime(2026, 11, 20, 10, 52, tzinfo=UTC), ZONE), "20.11.2026 11:52"),
        (
            writing.full_moment(datetime(2026, 1, 2, 10, 52, tzinfo=UTC), ZONE, "en"),
            "02 Jan 2026 11:52",
        ),
        (writing.phone("+41522034410", "CH"), "052 203 44 10"),
        (writing.phone("+41522034410", "DE"), "+41 52 203 44 10"),
        (writing.phone("Anna +41522034410", "CH"), "Anna +41522034410"),
        (writing.phone("+", "CH"), "+"),
        (writing.clipped("one\n two", 20), "one two"),
        (writing.clipped("abcdef", 4), "abc…"),
        (writing.clipped("漢字漢字", 5), "漢字…"),
        (writing.columns("e\u0301"), 1),
    ],
)
def test_numbers_dates_and_texts_as_one_writes_them(shown: object, text: object) -> None:
    assert shown == text
