"""The best plain text of a mail, and its language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from stammkunde.connectors.mail.html import html_text
from stammkunde.connectors.mail.part import Part
from stammkunde.connectors.mail.reply import visible_reply

__all__ = ["best_text", "language_of", "visible_reply"]

LONGEST = 256 * 1024
"""Characters kept of a mail's text; nobody writes more by hand, and logs or data sets are not read."""


def best_text(parts: Sequence[Part], *, report: bool = False) -> tuple[str, bool]:
    """The text a reader would see first, and whether it had to be made from HTML.

    The nameless plain parts shown inline, joined (Apple Mail puts a part before and after each picture); else the HTML
    parts; else plain parts that carry a name. In a report (RFC 6522) the first part alone is for people.
    """
    shown = [
        part for part in parts if part.type.startswith("text/") and part.disposition != "attachment"
    ]
    plain = [part for part in shown if part.type == "text/plain" and not part.name]
    text = _joined(plain[:1] if report else plain)
    if text:
        return text, False
    html = [part for part in shown if part.type == "text/html"]
    text = "\n\n".join(
        filter(None, (html_text(part.text) for part in (html[:1] if report else html)))
    )
    if text:
        return text[:LONGEST], True
    return _joined([part for part in shown if part.type in _READABLE]), False


_READABLE = frozenset({"text/plain", "text/enriched", "text/markdown", "text/x-markdown"})


def _joined(parts: Sequence[Part]) -> str:
    texts = (part.text.strip("\n") for part in parts)
    return "\n\n".join(text for text in texts if text and not text.isspace())[:LONGEST]


_WORDS = {
    "de": "und der die das ist nicht ich wir sie mit für auf ein eine von zu den im es dass haben auch bei "
    "ihre ihnen uns bitte danke vielen grüsse wird noch oder wie kann",
    "fr": "et le la les est pas je nous vous avec pour sur un une de du des dans il que avons aussi votre "
    "vos merci bonjour cordialement sera ou comme peut ce cette qui",
    "it": "e il lo la gli è non io noi con per su un una di del della che abbiamo anche vostro vostra "
    "grazie buongiorno saluti sarà o come può questo questa sono",
    "en": "and the is not i we you with for on a an of to in it that have also at your our please thank "
    "thanks regards will or as can this are be",
}
_LANGUAGES = {
    word: tuple(language for language, words in _WORDS.items() if word in words.split())
    for words in _WORDS.values()
    for word in words.split()
}
_TOKEN = re.compile(r"[^\W\d_]+")
_SAMPLE = 1000
"""Characters looked at: enough for some 150 words."""
_ENOUGH = 2
"""Stop words that the winner has at the least, and more than the runner-up: fewer are a guess."""


def language_of(text: str) -> str:
    """`de`, `fr`, `it` or `en` by counting stop words, the empty string where they do not decide."""
    scores = dict.fromkeys(_WORDS, 0)
    for languages, count in Counter(
        map(_LANGUAGES.get, _TOKEN.findall(text[:_SAMPLE].lower()))
    ).items():
        for language in languages or ():
            scores[language] += count
    (language, best), (_, second) = sorted(scores.items(), key=lambda item: -item[1])[:2]
    return language if best >= _ENOUGH and best >= second + max(_ENOUGH, second // 4) else ""
