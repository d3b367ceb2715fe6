"""Readable text out of HTML mail: blocks become lines, scripts and styles vanish."""

from __future__ import annotations

import re
from html import unescape

from selectolax.lexbor import LexborHTMLParser

LONGEST = 1024 * 1024
"""Characters of HTML that are read; a longer mail is cut before it is parsed."""

_MOST_TAGS = 20_000
"""Nested blocks cost the parser quadratic time: so many take 0.3 s, and 200,000 a minute."""

_BLOCK = re.compile(
    r"<(?=/?(?:p|div|tr|table|h[1-6]|ul|ol|dl|blockquote|pre|center|form|section|article)\b|(?:br|hr|li|dt|dd)\b)",
    re.IGNORECASE,
)
_PREFORMATTED = re.compile(r"(<(?:pre|plaintext)\b.*?(?:</pre>|$))", re.IGNORECASE | re.DOTALL)
_CELL = re.compile(r"<(?=t[dh]\b)", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>?")
_INVISIBLE = ["script", "style", "head", "title", "noscript", "template", "object"]
_BLANKS = re.compile(r"\n{3,}")
_UNSEEN = ("\u200b", "\u200c", "\u00ad", "\ufeff", "\u034f")
"""Characters of no width, with which newsletters stuff the line that a mail program shows beforehand."""


def html_text(html: str) -> str:
    """The visible text, a line for each block, at most one empty line between two of them."""
    html = html[:LONGEST]
    if "<pre" in html or "<PRE" in html or "<plaintext" in html.lower():
        pieces = _PREFORMATTED.split(html)
        pieces[::2] = [" ".join(piece.split()) for piece in pieces[::2]]
        html = "".join(pieces)
    else:
        html = " ".join(html.split())
    html = _CELL.sub(" <", _BLOCK.sub("\n<", html))
    text = _rendered(html) if html.count("<") <= _MOST_TAGS else unescape(_TAG.sub("", html))
    if not text.isascii():
        for unseen in _UNSEEN:
            text = text.replace(unseen, "")
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return _BLANKS.sub("\n\n", "\n".join(lines)).strip()


def _rendered(html: str) -> str:
    tree = LexborHTMLParser(html)
    tree.strip_tags(_INVISIBLE)
    return tree.body.text() if tree.body is not None else ""
