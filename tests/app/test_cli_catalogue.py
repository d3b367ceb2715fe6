"""The German catalogue is whole, compiled and Swiss."""

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from stammkunde.app import extraction
from stammkunde.app.failures import CLICK_TEXTS
from stammkunde.app.locale import CATALOGUES
from stammkunde.app.vocabulary import WORDS
from stammkunde.core.assignment.decisions import VERSION
from stammkunde.core.contact import KINDS
from stammkunde.core.decisions import BY_HAND

ROOT = Path(extraction.__file__).resolve().parents[1]
FOLDER = CATALOGUES / "de" / "LC_MESSAGES"
FOLDERS = ("app", "config", "connectors", "core", "projections")
METHOD = [
    ("**.py", "stammkunde.app.extraction:extract"),
    ("**/templates/**.html", "jinja2.ext:babel_extract"),
]
KEYWORDS = {**DEFAULT_KEYWORDS, "plural": (1, 2)}
_PLACE = re.compile(r"\{\w*\}")


def _extracted() -> set[str | tuple[str, ...]]:
    found: set[str | tuple[str, ...]] = set()
    for folder in FOLDERS:
        for _, _, message, _, _ in extract_from_dir(str(ROOT / folder), METHOD, keywords=KEYWORDS):
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
    """What click fills in with words of its own, in English always, may be left out."""
    for message in _messages(german):
        for original, form in zip(_forms(message.id), _forms(message.string), strict=True):
            wanted, places = set(_PLACE.findall(original)), set(_PLACE.findall(form))
            assert places == wanted or (places <= wanted and message.id in CLICK_TEXTS), message.id


def _trees() -> Iterator[tuple[Path, ast.Module]]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def _refusals() -> Iterator[tuple[str, ast.expr]]:
    """Where each refusal is made, and what it says."""
    for path, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args:
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in extraction.REFUSALS | {"Message", "N_"}:
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node.args[0]


def test_every_refusal_is_a_template_with_a_german_text(german: Catalog) -> None:
    """A sentence that was put together where it is raised can't be looked up in any catalogue."""
    made = list(_refusals())
    assert len(made) > 100
    for place, said in made:
        if isinstance(said, ast.Constant):
            message = german.get(str(said.value))
            assert message is not None, place
            assert message.string, place
        parts = list(ast.walk(said))
        assert not any(isinstance(part, ast.JoinedStr | ast.BinOp) for part in parts), place
        assert not any(getattr(part, "attr", "") == "format" for part in parts), place


def test_no_exception_that_speaks_to_people_is_forgotten() -> None:
    for path, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                bases = {getattr(base, "id", "") for base in node.bases}
                speaks = bases & ({"Message"} | extraction.REFUSALS)
                by_itself = any(getattr(part, "name", "") == "__init__" for part in node.body)
                assert not speaks or by_itself or node.name in extraction.REFUSALS, path


def test_click_still_says_what_is_translated() -> None:
    folder = Path(click.__file__).parent
    source = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py")))
    texts = [form for text in CLICK_TEXTS for form in _forms(text)]
    assert [text for text in texts if f'"{text}"' not in source] == []


@pytest.mark.parametrize("wrong", ["ß", "„", "“", "…:", "!", "leider", "du "])
def test_german_is_swiss_and_sober(german: Catalog, wrong: str) -> None:
    for message in _messages(german):
        for form in _forms(message.string):
            assert wrong not in re.sub(r"\{\w*!r\}", "", form)


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
raise SettingError("a {key} is wrong", key=key)
raise ValueError("nobody's business")
REASON = N_("no mail")


class Settings(Struct, forbid_unknown_fields=True):
    """The keys. `path`: what is read.

    `port` is a number;
    `x` is none."""

    path: str
    port: int = 3
'''


def test_texts_are_found_where_they_stand() -> None:
    found = {text for _, _, text, _ in extraction.extract(io.BytesIO(_SOURCE), {}, (), {})}
    assert found == {
        "from them", "Make a home.", "So many.", "First sentence.", "One {n}", ("{n} cat", "{n} cats"),
        ("{n} dog", "{n} dogs"), "New", "Who is new.", "a {key} is wrong", "no mail", "`path`: what is read.",
        "`port` is a number;",
    }  # fmt: skip
