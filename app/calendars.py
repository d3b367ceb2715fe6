"""Business calendars: opening hours and holidays of each year, frozen into the log when a year first turns up.

A later version of the holiday list, or of the settings, changes no figure of a year that was frozen before.
"""

from __future__ import annotations

from collections.abc import Iterable

from stammkunde.config.example import COUNTRIES
from stammkunde.core import ids
from stammkunde.core.company import Company
from stammkunde.core.errors import SettingError
from stammkunde.core.events import Calendar
from stammkunde.core.hours import weekly_hours
from stammkunde.core.intake import Intake


def freeze(intake: Intake, company: Company, years: Iterable[int]) -> int:
    """Append `calendar.set` for those years that have none yet; how many were appended."""
    log = intake.log
    stream = ids.key_id(log.keys.keys.ids, "calendar", "", "")
    if not set(years) - {event.open.year for event in log.stream(stream)}:
        return 0
    with intake.transaction() as (transaction, events):
        known = {event.open.year for event in log.stream(stream, transaction.cursor)}
        for year in sorted(set(years) - known):
            version = transaction.next_version(stream)
            calendar = business_calendar(company, year)
            events.append(log.codec.new(stream, version, "calendar.set", calendar))
    return len(events)


def check_place(company: Company, year: int) -> None:
    """Raises `SettingError` where no holidays are known for country and canton: before anything is read, since they
    are asked for after it. Takes a tenth of a second, which commands that only read do without."""
    if company.canton or company.country not in COUNTRIES:
        business_calendar(company, year)


def business_calendar(company: Company, year: int) -> Calendar:
    """The company's opening hours and the public holidays of its canton, plus the days that the settings name."""
    import holidays

    try:
        public = holidays.country_holidays(
            company.country, subdiv=company.canton or None, years=year
        )
    except NotImplementedError:
        raise _unknown_place(company) from None
    named = [day for day in company.holidays if day.startswith(f"{year}-")]
    return Calendar(
        year=year,
        timezone=company.timezone,
        hours=weekly_hours(company.hours),
        closed=tuple(sorted({*named, *(day.isoformat() for day in public)})),
    )


def _unknown_place(company: Company) -> SettingError:
    from holidays.utils import list_supported_countries

    cantons = list_supported_countries(include_aliases=False).get(company.country)
    if cantons is None:
        return SettingError(
            "[company]: country: no public holidays are known for “{value}”: use a country like “CH”.",
            value=company.country,
        )
    if not cantons:
        return SettingError(
            "[company]: canton: “{value}”: no holidays of parts of {country} are known: leave it out.",
            value=company.canton,
            country=company.country,
        )
    return SettingError(
        "[company]: canton: “{value}” is no part of {country} whose holidays are known: write it like “{example}”.",
        value=company.canton,
        country=company.country,
        example="ZH" if "ZH" in cantons else cantons[0],
    )
