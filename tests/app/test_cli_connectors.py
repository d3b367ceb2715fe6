"""`connectors`: what each can be told, in words and in the reader's language."""

import json
import re
from importlib.metadata import EntryPoint, EntryPoints, entry_points
from pathlib import Path

import pytest

from stammkunde.connectors import registry
from stammkunde.connectors.registry import sentences
from tests.app.calling import Run


@pytest.mark.parametrize(
    ("lang", "lines"),
    [
        (
            "en",
            (
                "  path (path)             files, or folders of which all `.vcf`, `.vcard` and `.csv` files are read.",
                "  mail (text | list)",
                "  complete (yes/no) = no  the files together are the whole book",
                "  decimal (text) = .",
                "  internal_contexts (list) = internal, from-internal",
            ),
        ),
        (
            "de",
            (
                "  path (Pfad)                Dateien, oder Ordner,",
                "  mail (Text | Liste)",
                "  complete (ja/nein) = nein  Die Dateien zusammen sind das ganze Adressbuch;",
                "  decimal (Text) = .",
                "  internal_contexts (Liste) = internal, from-internal",
            ),
        ),
    ],
)
def test_settings_are_shown_with_a_word_for_their_type(
    lang: str, lines: tuple[str, ...], tmp_path: Path, run: Run
) -> None:
    out = run(tmp_path, "connectors", "--lang", lang).out
    for line in lines:
        assert f"\n{line}" in out
    assert not re.search(r"\b(str|bool|tuple|int)\b", out)


def test_every_setting_has_a_meaning_in_both_languages(tmp_path: Path, run: Run) -> None:
    connectors = json.loads(run(tmp_path, "connectors", "--json").out)
    shown = " ".join(run(tmp_path, "connectors", "--lang", "de").out.split())
    assert [one["name"] for one in connectors] == sorted(one["name"] for one in connectors)
    for one in connectors:
        for setting in one["settings"]:
            assert setting["doc"], (one["name"], setting["name"])
            assert not re.search(r"\b(str|bool|tuple|int|float)\b", setting["type"])
            for sentence in sentences(setting["doc"]):
                assert sentence.split(": ", 1)[-1] not in shown


def test_a_plugin_that_can_not_be_imported_does_not_hide_the_others(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = EntryPoint("broken", "no_such_module:X", registry.GROUP)
    points = EntryPoints([broken, *entry_points(group=registry.GROUP, name="addressbook")])
    monkeypatch.setattr(registry, "entry_points", lambda **by: points.select(**by))
    answer = run(tmp_path, "connectors", "--json")
    assert answer.status == 1
    assert [one["name"] for one in json.loads(answer.out)] == ["addressbook"]
    assert "“broken” can't be imported (ModuleNotFoundError" in answer.err
