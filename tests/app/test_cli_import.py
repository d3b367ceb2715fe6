"""`import`, `sync` and the quarantine: several files at once, previews that write nothing, a mend."""

import json
from pathlib import Path

import pytest

from tests.app.calling import Run

DATA = Path(__file__).parents[1] / "data"
CALLS = str(DATA / "telephony" / "Master_newcdrcolumns_gmt.csv")
CARDS = str(DATA / "addressbook" / "book.vcf")
ORDERS = str(DATA / "shop" / "orders-broken.csv")
COLUMNS = tuple(
    word
    for column in ("order=Bestellnummer", "time=Bestelldatum", "quantity=Menge", "unit_price=Einzelpreis")
    for word in ("--set", column)
)  # fmt: skip


def _bytes(home: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in home.iterdir()}


def test_files_of_several_connectors_are_recognised_at_once(home: Path, run: Run) -> None:
    result = run(home, "import", CALLS, CARDS, "--set", "timezone=UTC", "--json")
    assert (result.status, result.err) == (0, "")
    readings = json.loads(result.out)
    assert [reading["source"] for reading in readings] == ["asterisk", "addressbook"]
    assert all(reading["recorded"] > 0 for reading in readings)
    again = json.loads(run(home, "import", CARDS, CALLS, "--set", "timezone=UTC", "--json").out)
    assert [reading["recorded"] for reading in again] == [0, 0]


def test_the_words_of_an_import(home: Path, run: Run) -> None:
    result = run(home, "--lang", "de", "import", CALLS, "--set", "timezone=UTC")
    assert result.lines == [
        "asterisk: 12 Stück: 11 neu, 0 bekannt, 1 übergangen, 0 unlesbar.",
        "       1  übergangen: intern",
        "  11 Kontakte, 7 neue Kunden und Interessenten, 4 ohne Kunde.",
    ]


def test_a_source_can_be_named(home: Path, run: Run) -> None:
    assert run(home, "import", CALLS, "--source", "pbx", "--set", "system=pbx").status == 0
    status = json.loads(run(home, "status", "--json").out)
    assert [source["name"] for source in status["sources"]] == ["pbx"]
    assert run(home, "contacts", "--source", "pbx", "--json").out.count("\n") == 11


@pytest.mark.parametrize("more", [(), ("--preview",)])
def test_an_import_without_an_own_side_is_warned_of_once(
    more: tuple[str, ...], tmp_path: Path, run: Run
) -> None:
    assert run(tmp_path, "init", "--defaults").status == 0
    words = ("import", CARDS, CALLS, "--json", *more)
    result = run(tmp_path, *words)
    assert result.status == 0
    assert len(json.loads(result.out)) == 2
    assert result.err.startswith("stammkunde: no own addresses, domains or numbers are known")
    assert result.err.count("\n") == 1
    assert "Richtung und Gegenüber" in run(tmp_path, *words, "--lang", "de").err
    assert run(tmp_path, *words, "--set", "company.domains=muster-velo.example").err == ""


def test_what_can_not_be_read_is_refused_without_the_warning(tmp_path: Path, run: Run) -> None:
    assert run(tmp_path, "init", "--defaults").status == 0
    result = run(tmp_path, "import", "asterisk", "nowhere.csv")
    assert (result.status, result.err.count("\n")) == (1, 1)
    assert "correct the path" in result.err


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_preview_writes_nothing(lang: str, home: Path, run: Run) -> None:
    assert run(home, "import", CARDS).status == 0
    before = _bytes(home)
    result = run(home, "--lang", lang, "import", CALLS, "--preview")
    assert (result.status, result.err) == (0, "")
    assert result.lines[0].startswith("asterisk: 11 ")
    assert _bytes(home)["log.db"] == before["log.db"]
    assert _bytes(home)["views.db"] == before["views.db"]


def test_a_preview_needs_no_home(tmp_path: Path, run: Run) -> None:
    result = run(tmp_path / "none", "import", CALLS, CARDS, "--preview", "--json")
    assert result.status == 0
    calls, cards = json.loads(result.out)
    assert calls["kinds"] == {"call": 11}
    assert cards["kinds"].keys() == {"entry"}
    assert 0 < len(calls["counterparts"]) <= 10
    assert not (tmp_path / "none").exists()


def _configure(home: Path) -> None:
    (home / "stammkunde.toml").write_text(
        f'[[source]]\nname = "phone"\nconnector = "asterisk"\npath = ["{CALLS}"]\ntimezone = "UTC"\n'
        f'[[source]]\nname = "cards"\nconnector = "addressbook"\npath = ["{CARDS}"]\n'
    )


def test_sync_reads_all_sources_or_those_named(home: Path, run: Run) -> None:
    _configure(home)
    only = json.loads(run(home, "sync", "cards", "--json").out)
    assert [reading["source"] for reading in only] == ["cards"]
    both = {reading["source"]: reading for reading in json.loads(run(home, "sync", "--json").out)}
    assert both["phone"]["recorded"] == 11
    assert both["cards"]["recorded"] == 0
    assert run(home, "sync").lines == ["phone: nothing new.", "cards: nothing new."]


def test_a_source_that_fails_does_not_stop_the_others(home: Path, run: Run) -> None:
    _configure(home)
    file = home / "stammkunde.toml"
    file.write_text(file.read_text().replace(CALLS, "nowhere.csv"))
    result = run(home, "sync", "--json")
    assert [reading["source"] for reading in json.loads(result.out)] == ["cards"]
    assert result.status == 1
    assert result.err.count("\n") == 1
    assert result.err.startswith("stammkunde: phone: path: ")


def test_a_preview_of_sync_shows_what_is_new_to_it(home: Path, run: Run) -> None:
    _configure(home)
    assert run(home, "sync", "cards").status == 0
    before = (home / "log.db").read_bytes()
    found = {one["source"]: one for one in json.loads(run(home, "sync", "--preview", "--json").out)}
    assert found["phone"]["contacts"] == 11
    assert found["cards"]["contacts"] == 0
    assert (home / "log.db").read_bytes() == before


def test_reasons_of_the_quarantine_are_german_too(home: Path, run: Run) -> None:
    assert run(home, "import", "orders-csv", ORDERS, *COLUMNS).status == 0
    shown = run(home, "quarantine", "list", "--lang", "de").out
    assert "Die Zeit ist nicht lesbar; time_format angeben." in shown
    stored = {one["reason"] for one in json.loads(run(home, "quarantine", "list", "--json").out)}
    assert "The time can't be read; give time_format." in stored
    assert not any(reason in shown for reason in stored)


def test_what_is_mended_leaves_the_quarantine(home: Path, run: Run) -> None:
    result = run(home, "import", "orders-csv", ORDERS, *COLUMNS)
    assert "What can't be read waits in: stammkunde quarantine list" in result.out
    waiting = json.loads(run(home, "quarantine", "list", "--json").out)
    shown = run(home, "quarantine", "list")
    assert shown.lines[-1] == "After a mend: stammkunde quarantine retry"
    assert len(shown.lines) == len(waiting) + 2
    assert (
        f"{len(waiting)} items can't be read: stammkunde quarantine list" in run(home, "status").out
    )
    (result,) = json.loads(run(home, "quarantine", "retry", "--json").out)
    assert result == {"source": "orders-csv", "read": 0, "waiting": len(waiting)}
    retried = run(home, "quarantine", "retry", "--set", "time_format=%Y-%m-%d")
    assert retried.status == 0
    assert "still wait" in retried.out
