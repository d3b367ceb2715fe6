"""The language of a run: texts by gettext, and the words for what the log stores under fixed names."""

from __future__ import annotations

import gettext
import os
import re
from collections.abc import Mapping
from pathlib import Path

from stammkunde.app.vocabulary import WORDS

CATALOGUES = Path(__file__).parent / "locale"
LANGUAGES = ("de", "en")
_NUMBER = re.compile(r"\d+")


def language(asked: str | None, environment: Mapping[str, str] = os.environ) -> str:
    """`de` or `en`: what was asked for, else the locale's language, else English."""
    for source in (asked, *(environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))):
        if source:
            code = source[:2].lower()
            return code if code in LANGUAGES else "en"
    return "en"


class Locale:
    """Texts in one language."""

    def __init__(self, code: str) -> None:
        """`code` is one of `LANGUAGES`."""
        self.code = code
        self._catalogue = gettext.translation("stammkunde", CATALOGUES, [code], fallback=True)

    def text(self, message: str, **values: object) -> str:
        """The message in this language, its `{names}` filled in."""
        translated = self._catalogue.gettext(message) if message else ""
        return translated.format(**values) if values else translated

    def plural(self, one: str, many: str, n: int, **values: object) -> str:
        """The form that fits `n`; `{n}` is filled in, in groups of three."""
        shown = f"{n:,}".replace(",", "’")
        return self._catalogue.ngettext(one, many, n).format(n=shown, **values)

    def word(self, stored: str | None) -> str:
        """How one says a channel, kind, outcome, class or rule; a plugin's own word stays as it is."""
        return self.text(WORDS.get(stored or "", stored or ""))

    def sentence(self, english: str) -> str:
        """A sentence that came with its numbers in it, as the notes of figures do; `{}` stands for each of them."""
        translated = self.text(_NUMBER.sub("{}", english))
        return translated.format(*_NUMBER.findall(english))
