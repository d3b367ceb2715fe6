"""`connectors`: what each can be told, in words and in the reader's language."""

import json
import re
from pathlib import Path

import pytest

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
            assert set(setting["type"].split(" | ")) <= {"path", "text", "list", "yes/no"}
            for sentence in sentences(setting["doc"]):
                assert sentence.split(": ", 1)[-1] not in shown
