"""Under which name files are imported: a second name for the same calls or orders would double them."""

import json
from pathlib import Path
from shutil import copyfile

import pytest

from tests.app.calling import Run

DATA = Path(__file__).parents[1] / "data"
CALLS = str(DATA / "telephony" / "Master_newcdrcolumns_gmt.csv")
MAILS = str(DATA / "mail" / "mailbox" / "Post.mbox")
CARDS = str(DATA / "addressbook" / "book.vcf")
UTC = ("--set", "timezone=UTC")


def _configure(home: Path, *lines: str, path: str = CALLS, connector: str = "asterisk") -> None:
    text = f'[[source]]\nconnector = "{connector}"\npath = ["{path}"]\n'
    file = home / "stammkunde.toml"
    file.write_text(file.read_text() + text + "".join(f"{line}\n" for line in lines))


def _contacts(home: Path, run: Run) -> int:
    contacts: int = json.loads(run(home, "status", "--json").out)["log"]["contacts"]
    return contacts


def _imported(home: Path, run: Run, *words: str) -> dict[str, object]:
    result = run(home, "import", *words, "--json")
    assert (result.status, result.err) == (0, "")
    reading: dict[str, object] = json.loads(result.out)
    return reading


def test_an_import_under_a_second_name_is_refused_with_the_first(home: Path, run: Run) -> None:
    _imported(home, run, CALLS, *UTC)
    for more in ((), ("--preview",)):
        result = run(home, "import", CALLS, "--source", "phone", *UTC, *more)
        assert (result.status, result.out) == (1, "")
        assert result.err == (
            "stammkunde: This was read before as “asterisk” and would be recorded twice: use --source asterisk, or"
            " --set system=phone if it is another system.\n"
        )
    assert _contacts(home, run) == 11


def test_the_remedies_that_the_refusal_names_are_ones(home: Path, run: Run) -> None:
    _imported(home, run, CALLS, *UTC)
    assert _imported(home, run, CALLS, *UTC, "--source", "asterisk")["recorded"] == 0
    own = _imported(home, run, CALLS, *UTC, "--source", "phone", "--set", "system=phone")
    assert own["recorded"] == 11
    assert _contacts(home, run) == 22


def test_a_sync_of_what_was_imported_asks_for_the_system(home: Path, run: Run) -> None:
    _imported(home, run, CALLS, *UTC)
    _configure(home, 'name = "phone"', 'timezone = "UTC"')
    refused = run(home, "sync")
    assert (refused.status, refused.out) == (1, "")
    assert refused.err == (
        'stammkunde: phone: this was read before as “asterisk” and would be recorded twice: add system = "asterisk"'
        ' to the source in stammkunde.toml, or system = "phone" if it is another system.\n'
    )
    file = home / "stammkunde.toml"  # whose last table is the source
    file.write_text(f'{file.read_text()}system = "asterisk"\n')
    (synced,) = json.loads(run(home, "sync", "--json").out)
    assert (synced["source"], synced["recorded"], synced["duplicates"]) == ("phone", 0, 11)
    assert _contacts(home, run) == 11


def test_two_configured_sources_of_one_file_are_told_apart_only_on_request(
    home: Path, run: Run
) -> None:
    _configure(home, 'name = "phone"', 'timezone = "UTC"')
    _configure(home, 'name = "again"', 'timezone = "UTC"')
    result = run(home, "sync")
    assert result.status == 1
    assert result.err.startswith("stammkunde: again: this was read before as “phone”")
    assert _contacts(home, run) == 11


def test_without_a_name_the_one_configured_source_is_meant_with_its_settings(
    home: Path, run: Run
) -> None:
    _configure(home, 'name = "phone"', 'timezone = "UTC"', 'keep = "facts"')
    assert run(home, "sync").status == 0
    reading = _imported(home, run, CALLS)
    assert (reading["source"], reading["recorded"], reading["duplicates"]) == ("phone", 0, 11)
    assert run(home, "sync").out == "phone: nothing new.\n"


def test_without_a_name_the_one_source_that_the_log_knows_is_meant(
    home: Path, run: Run, tmp_path: Path
) -> None:
    _imported(home, run, CALLS, *UTC, "--source", "archive", "--set", "system=pbx")
    other = tmp_path / "Master.csv"
    copyfile(CALLS, other)
    assert _imported(home, run, str(other), *UTC)["source"] == "archive"
    named = _imported(home, run, str(other), *UTC, "--source", "archive")
    assert (named["recorded"], named["duplicates"]) == (0, 11)


def test_of_several_sources_one_has_to_be_named_unless_it_does_not_matter(
    home: Path, run: Run
) -> None:
    for name in ("bern", "basel"):
        _configure(home, f'name = "{name}"', connector="asterisk")
        _configure(home, f'name = "mail-{name}"', connector="mailbox", path=MAILS)
    refused = run(home, "import", CALLS)
    assert (refused.status, refused.out) == (1, "")
    assert refused.err == (
        "stammkunde: There are several sources of asterisk: say which one with --source (bern, basel).\n"
    )
    assert _imported(home, run, CALLS, "--source", "basel")["source"] == "basel"
    assert _imported(home, run, MAILS)["source"] == "mailbox"


def test_mails_share_one_namespace_under_whatever_name(home: Path, run: Run) -> None:
    first = _imported(home, run, MAILS)
    second = _imported(home, run, MAILS, "--source", "info")
    assert (second["recorded"], second["duplicates"]) == (0, first["recorded"])


def test_a_second_system_with_other_items_needs_no_more_than_its_name(
    home: Path, run: Run, tmp_path: Path
) -> None:
    _imported(home, run, CALLS, *UTC)
    other = tmp_path / "Master.csv"
    other.write_text(Path(CALLS).read_text().replace('"17954', '"17944'))
    assert _imported(home, run, str(other), *UTC, "--source", "basel")["recorded"] != 0


@pytest.mark.parametrize("words", [("--source", "cards"), ("--source", "book")])
def test_a_name_belongs_to_one_connector(words: tuple[str, str], home: Path, run: Run) -> None:
    _configure(home, 'name = "cards"', connector="addressbook", path=CARDS)
    _imported(home, run, CARDS, "--source", "book", "--set", "system=book")
    result = run(home, "import", CALLS, *UTC, *words)
    assert (result.status, result.out) == (1, "")
    assert "is a source of addressbook, not of asterisk" in result.err
