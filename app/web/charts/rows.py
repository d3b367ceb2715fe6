"""Charts of rows: a label at the left, a bar in the middle, the number at the right edge."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from markupsafe import Markup

from stammkunde.app.locale import Locale
from stammkunde.app.web.charts import drawing
from stammkunde.app.web.charts.drawing import Drawn

_LEAST_LABEL, _MOST_LABEL = 20.0, 42.0
_LEAST_VALUE, _MOST_VALUE = 14.0, 40.0
_GAP = 2.0


class Columns(msgspec.Struct, frozen=True):
    """Per cent: the width of the labels, and where bars start and end."""

    label: float
    start: float
    end: float


def columns(
    labels: Sequence[str], values: Sequence[str], *, is_strong_value: bool = True
) -> Columns:
    """As wide as the longest label and number need on a phone, within what leaves room for the bars."""
    label = max(drawing.per_cent(drawing.width(each, is_strong=True)) for each in labels)
    value = max(drawing.per_cent(drawing.width(each, is_strong=is_strong_value)) for each in values)
    label = min(max(label, _LEAST_LABEL), _MOST_LABEL)
    value = min(max(value, _LEAST_VALUE), _MOST_VALUE)
    return Columns(label, label + _GAP, 100 - value - _GAP)


def empty(locale: Locale) -> Drawn:
    """Where there is nothing to draw: a sentence, and no table."""
    words = Markup('<p class="s">{}</p>\n').format(locale.text("There is no data for this yet."))
    return Drawn(words, Markup(""))
