"""Opening hours as the settings write them: `mo-fr = "08:00-12:00, 13:30-18:00"`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

from stammkunde.core.errors import SettingError

_DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
_GERMAN = {"di": "tu", "mi": "we", "do": "th", "so": "su"}
_SPAN = re.compile(r"^\s*(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})\s*$")

Hours = dict[int, tuple[tuple[int, int], ...]]


def weekly_hours(table: Mapping[str, str]) -> Hours:
    """Opening spans in minutes since midnight by weekday (0 is Monday); raises `SettingError` naming the entry."""
    hours: Hours = {}
    for days, spans in table.items():
        parsed = tuple(sorted(_span(days, span) for span in spans.split(",") if span.strip()))
        for (_, end), (start, _) in pairwise(parsed):
            if start < end:
                raise SettingError(
                    "[company] hours: “{days}” has spans that overlap: {spans}.",
                    days=days,
                    spans=spans,
                )
        for day in _weekdays(days):
            hours[day] = parsed
    return hours


def _span(days: str, span: str) -> tuple[int, int]:
    match = _SPAN.match(span)
    if match:
        start_hour, start_minute, end_hour, end_minute = map(int, match.groups())
        start, end = start_hour * 60 + start_minute, end_hour * 60 + end_minute
        if max(start_minute, end_minute) < 60 and start < end <= 24 * 60:
            return start, end
    raise SettingError(
        "[company] hours: “{days}” should read like 08:00-12:00, 13:30-18:00, not “{span}”.",
        days=days,
        span=span.strip(),
    )


def _weekdays(days: str) -> list[int]:
    first, _, last = days.lower().partition("-")
    try:
        start = _DAYS.index(_GERMAN.get(first, first))
        end = _DAYS.index(_GERMAN.get(last, last)) if last else start
    except ValueError:
        known = ", ".join(_DAYS)
        raise SettingError(
            "[company] hours: “{days}” is no day: use {known}, or a span like mo-fr.",
            days=days,
            known=known,
        ) from None
    if end < start:
        raise SettingError("[company] hours: “{days}” runs backwards.", days=days)
    return list(range(start, end + 1))
