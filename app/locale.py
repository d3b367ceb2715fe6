"""The language of a run: texts by gettext, and the words for what the log stores under fixed names."""

from __future__ import annotations

import gettext
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from stammkunde.app.vocabulary import WORDS

CATALOGUES = Path(__file__).parent / "locale"
DOMAIN = "stammkunde"
LANGUAGES = ("de", "en")
_NUMBER = re.compile(r"\d+")
_PARTICULAR = re.compile(r"(.+) \(([^()]*)\)\.")


def language(asked: str | None, environment: Mapping[str, str] = os.environ) -> str:
    """`de` or `en`: what was asked for, else the locale's language, else English."""
    for source in (asked, *(environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))):
        if source:
            code = source[:2].lower()
            return code if code in LANGUAGES else "en"
    return "en"


def asked(words: Sequence[str]) -> str | None:
    """What the last `--lang` of a command line says, wherever it stands; it must be known before anything can be refused."""
    found = None
    for word, following in pairwise((*words, "")):
        if word == "--":
            break
        if word == "--lang":
            found = following
        elif word.startswith("--lang="):
            found = word.removeprefix("--lang=")
    return found if found in LANGUAGES else None


@contextmanager
def libraries_speak(code: str) -> Iterator[None]:
    """Meanwhile what libraries say by the process's own gettext, as click does, is looked up in our catalogue."""
    domain, before = gettext.textdomain(), os.environ.get("LANGUAGE")
    gettext.bindtextdomain(DOMAIN, CATALOGUES)
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = code
    try:
        yield
    finally:
        gettext.textdomain(domain)
        if before is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = before


class Locale:
    """Texts in one language."""

    def __init__(self, code: str) -> None:
        """`code` is one of `LANGUAGES`."""
        self.code = code
        self._catalogue = gettext.translation(DOMAIN, CATALOGUES, [code], fallback=True)

    def text(self, message: str, /, **values: object) -> str:
        """The message in this language, its `{names}` filled in."""
        translated = self._catalogue.gettext(message) if message else ""
        return translated.format(**values) if values else translated

    def say(self, message: object) -> str:
        """A refusal or any other message with a `template` and its `values`, which may be messages; else its own words."""
        template = getattr(message, "template", None)
        if not isinstance(template, str):
            return str(message)
        values: Mapping[str, object] = getattr(message, "values", {})
        said = {name: self.say(value) for name, value in values.items()}
        return " ".join(self.text(template, **said).split())

    def reason(self, english: str) -> str:
        """Why an item waits in quarantine: a sentence as it was stored, perhaps with a particular in brackets behind it."""
        particular = _PARTICULAR.fullmatch(english)
        if particular is None:
            return self.text(english)
        return self.text(f"{particular[1]} ({{what}}).", what=particular[2])

    def plural(self, one: str, many: str, n: int, **values: object) -> str:
        """The form that fits `n`; `{n}` is filled in, in groups of three."""
        shown = self.number(n)
        return self._catalogue.ngettext(one, many, n).format(n=shown, **values)

    def number(self, value: Decimal | float, places: int = 0) -> str:
        """`1’234`, in English `1,234`."""
        from stammkunde.app import writing

        return writing.number(value, places, self.code)

    def money(self, amount: Decimal, currency: str) -> str:
        """`CHF 1’234.00`, in English `CHF 1,234.00`."""
        from stammkunde.app import writing

        return writing.money(amount, currency, self.code)

    def word(self, stored: str | None) -> str:
        """How one says a channel, kind, outcome, class or rule; a plugin's own word stays as it is."""
        return self.text(WORDS.get(stored or "", stored or ""))

    def sentence(self, english: str) -> str:
        """A sentence that came with its numbers in it, as the notes of figures do; `{}` stands for each of them."""
        translated = self.text(_NUMBER.sub("{}", english))
        return translated.format(*_NUMBER.findall(english))
