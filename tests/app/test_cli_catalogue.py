"""The German catalogue is whole, compiled and Swiss."""

import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from stammkunde.app import extraction
from stammkunde.app.locale import CATALOGUES
from stammkunde.app.vocabulary import WORDS
from stammkunde.core.assignment.decisions import VERSION
from stammkunde.core.contact import KINDS
from stammkunde.core.decisions import BY_HAND

ROOT = Path(extraction.__file__).resolve().parents[1]
FOLDER = CATALOGUES / "de" / "LC_MESSAGES"
METHOD = [("**.py", "stammkunde.app.extraction:extract")]
_PLACE = re.compile(r"\{\w*\}")


def _extracted() -> set[str | tuple[str, ...]]:
    found: set[str | tuple[str, ...]] = set()
    for folder in ("app", "projections/figures"):
        for _, _, message, _, _ in extract_from_dir(str(ROOT / folder), METHOD):
            found.add(message if isinstance(message, str) else tuple(message))
    return found


@pytest.fixture(scope="module")
def german() -> Catalog:
    with (FOLDER / "stammkunde.po").open("rb") as file:
        return read_po(file, locale="de")


def _messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def _forms(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def test_every_text_is_in_the_catalogue_and_nothing_else(german: Catalog) -> None:
    ids = {m.id if isinstance(m.id, str) else tuple(m.id) for m in _messages(german)}
    assert ids == _extracted()
    assert len(ids) > 200


def test_every_text_is_translated(german: Catalog) -> None:
    for message in _messages(german):
        assert _forms(message.string), message.id
        assert all(_forms(message.string)), message.id
        assert not message.fuzzy, message.id


def test_the_compiled_catalogue_is_the_written_one(german: Catalog) -> None:
    with (FOLDER / "stammkunde.mo").open("rb") as file:
        compiled = read_mo(file)
    assert {_forms(m.id): _forms(m.string) for m in _messages(compiled)} == {
        _forms(m.id): _forms(m.string) for m in _messages(german)
    }


def test_a_translation_has_the_places_of_its_original(german: Catalog) -> None:
    for message in _messages(german):
        wanted = sorted(_PLACE.findall(_forms(message.id)[-1]))
        for form in _forms(message.string):
            assert sorted(_PLACE.findall(form)) == wanted, message.id


@pytest.mark.parametrize("wrong", ["ß", "„", "“", "…:", "!", "leider", "du "])
def test_german_is_swiss_and_sober(german: Catalog, wrong: str) -> None:
    for message in _messages(german):
        for form in _forms(message.string):
            assert wrong not in form


def test_sentences_are_short(german: Catalog) -> None:
    for message in _messages(german):
        for form in _forms(message.string):
            assert max(len(part.split()) for part in re.split(r"[.:;] ", form)) <= 18, form


@pytest.mark.parametrize("kind", sorted(KINDS | set(BY_HAND)))
def test_every_kind_has_a_word(kind: str) -> None:
    assert kind in WORDS


def test_rules_of_this_version_have_words() -> None:
    assert VERSION == 1, "look whether the new rules have words in app/vocabulary.py"
    assert {"name", "person", "thread", "mail", "phone", "shop"} <= WORDS.keys()


_SOURCE = b'''
WORDS = {"in": "from them"}
COMMANDS = {"init": ("home", "Make a home.")}
OTHER = {"a": "no text"}


@click.command("x")
@click.option("--limit", help="So many.")
def x_command():
    """First
    sentence.

    \\b
    stammkunde x
    """
    text("One {n}", n=1)
    locale.plural("{n} cat", "{n} cats", 2)
    for one, many in (("{n} dog", "{n} dogs"),):
        plural(one, many, 3)
    text(computed)


def y():
    """No command."""


Figure("new", "customers", "New", "Who is new.", "customers")
'''


def test_texts_are_found_where_they_stand() -> None:
    found = {text for _, _, text, _ in extraction.extract(io.BytesIO(_SOURCE), {}, (), {})}
    assert found == {
        "from them", "Make a home.", "So many.", "First sentence.", "One {n}", ("{n} cat", "{n} cats"),
        ("{n} dog", "{n} dogs"), "New", "Who is new.",
    }  # fmt: skip
