"""The pen: elements of an SVG without viewBox (x in per cent, y in px, colours by class), and how wide lettering is.

Everything from outside goes through `Markup.format`, which escapes it.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from typing import TypeAlias, TypeGuard

import msgspec
from markupsafe import Markup

Number: TypeAlias = Decimal | float

NARROWEST = 328
"""Px: the width of a chart on a phone of 360 px, at which all lettering must still fit."""
LETTERING = 13
"""Px: the size of lettering, as `app.css` has it."""

_ANCHOR = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
# XML 1.0 §2.2: what a document can't hold, however it is escaped
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BLANKS = re.compile("[ \t\n\r\x85\u2028\u2029]+")
_LARGEST, _SMALLEST = 1e100, 1e-100
_NARROW = frozenset("ijltfrI.,:;'’|!()[]-· \u00a0\u202f")
_WIDE = frozenset("mwMW@%—…")
_STRONGER = 1.07


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """What every chart has. `anchor` begins the ids of its parts and is there once on a page."""

    anchor: str
    title: str
    desc: str

    def __post_init__(self) -> None:
        """`aria-labelledby` separates ids by spaces, so that an anchor may hold none."""
        if not _ANCHOR.fullmatch(self.anchor):
            raise ValueError(f"anchor: {self.anchor!r} is no plain name")


class Drawn(msgspec.Struct, frozen=True):
    """A chart and the table of its numbers: a template writes both, or each in a place of its own."""

    picture: Markup
    table: Markup

    def __html__(self) -> Markup:
        """Both, one after the other."""
        return self.picture + self.table


def picture(chart: Chart, height: float, parts: Iterable[Markup]) -> Markup:
    """The SVG with its name and description; the hatch is in it if a part uses it."""
    body = Markup("\n").join(parts)
    hatch = Markup(
        '<defs><pattern id="{0}-x" width="6" height="6" patternUnits="userSpaceOnUse"'
        ' patternTransform="rotate(45)"><rect class="hatbg" width="6" height="6"/>'
        '<line class="hat" x1="0" y1="0" x2="0" y2="6"/></pattern></defs>\n'
    ).format(chart.anchor)
    return Markup(
        '<svg class="chart" height="{height}" role="img" aria-labelledby="{id}-t {id}-d">\n'
        '<title id="{id}-t">{title}</title><desc id="{id}-d">{desc}</desc>\n{hatch}{body}\n</svg>\n'
    ).format(
        id=chart.anchor,
        height=_written(height),
        title=plain(chart.title),
        desc=plain(chart.desc),
        hatch=hatch if f"url(#{chart.anchor}-x)" in body else "",
        body=body,
    )


def line(kind: str, x1: float, y1: float, x2: float, y2: float) -> Markup:
    """From one point to another."""
    return Markup('<line class="{}" x1="{}%" y1="{}" x2="{}%" y2="{}"/>').format(
        kind, *map(_written, (x1, y1, x2, y2))
    )


def rect(kind: str, x: float, y: float, width: float, height: float) -> Markup:
    """A bar or a cell; `width` in per cent, `height` in px."""
    return Markup('<rect class="{}" x="{}%" y="{}" width="{}%" height="{}"/>').format(
        kind, *map(_written, (x, y, width, height))
    )


def hatched(chart: Chart, x: float, y: float, width: float, height: float) -> Markup:
    """A field without data."""
    return Markup('<rect x="{}%" y="{}" width="{}%" height="{}" fill="url(#{}-x)"/>').format(
        *map(_written, (x, y, width, height)), chart.anchor
    )


def circle(kind: str, x: float, y: float, radius: float) -> Markup:
    """A point; its radius in px."""
    return Markup('<circle class="{}" cx="{}%" cy="{}" r="{}"/>').format(
        kind, *map(_written, (x, y, radius))
    )


def text(words: str, x: float, y: float, kind: str = "", dx: float = 0) -> Markup:
    """Lettering on a base line; `dx` px to the right of `x` per cent."""
    return Markup('<text{}{} x="{}%" y="{}">{}</text>').format(
        Markup(' class="{}"').format(kind) if kind else "",
        Markup(' dx="{}"').format(_written(dx)) if dx else "",
        _written(x),
        _written(y),
        plain(words),
    )


def plain(words: str) -> str:
    """On one line, without what XML can't hold; the narrow space before a per cent sign stays."""
    return _BLANKS.sub(" ", _UNPRINTABLE.sub("\ufffd", words)).strip()


def drawn(value: Number | None) -> float | None:
    """The value as geometry takes it: what is no number is missing, and none is so large that a sum overflows."""
    if not is_known(value):
        return None
    placed = float(max(-_LARGEST, min(value, _LARGEST)))
    return placed if abs(placed) >= _SMALLEST else 0.0


def is_known(value: Number | None) -> TypeGuard[Number]:
    """Whether there is a value: neither None nor what a division by nothing leaves."""
    if isinstance(value, Decimal):
        return value.is_finite()
    return value is not None and (isinstance(value, int) or math.isfinite(value))


def width(words: str, *, is_strong: bool = False) -> float:
    """Px that lettering takes at most in the sans-serif faces of the style sheet."""
    return sum(map(_advance, plain(words))) * (_STRONGER if is_strong else 1)


def per_cent(px: float) -> float:
    """Px as a share of the narrowest chart."""
    return px * 100 / NARROWEST


def fitted(words: str, most: float, *, is_strong: bool = False) -> str:
    """The words, cut to so many per cent of the narrowest chart; the table has them whole."""
    words = plain(words)
    room = most * NARROWEST / 100 / (_STRONGER if is_strong else 1)
    if sum(map(_advance, words)) <= room:
        return words
    room -= _advance("…")
    kept = 0
    for letter in words:
        room -= _advance(letter)
        if room < 0:
            break
        kept += 1
    return f"{words[:kept].rstrip()}…"


def _advance(letter: str) -> float:
    """Px of one letter at 13 px: the wider of Arial and Noto Sans, in five classes."""
    if letter in _NARROW:
        return 4.4
    if letter in _WIDE:
        return 11.5
    if letter.isascii():
        return 9 if letter.isupper() else 7.3
    if unicodedata.combining(letter):
        return 0
    if unicodedata.east_asian_width(letter) in "WF":
        return LETTERING
    return 9 if letter.isupper() else 7.5


def _written(value: float) -> str:
    """Two places are a hundredth of a pixel."""
    written = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written
