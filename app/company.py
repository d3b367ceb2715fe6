"""The `[company]` table: each value checked when it is read, and brought into the form in which things are compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import phonenumbers

from stammkunde.config.settings import convert
from stammkunde.core.addresses import mail_address
from stammkunde.core.company import Company
from stammkunde.core.errors import SettingError
from stammkunde.core.hours import weekly_hours
from stammkunde.core.phones import e164

_DOMAIN = re.compile(
    r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?"
)


def company_of(table: dict[str, Any]) -> Company:
    """The company of a table whose lists may be text with commas; raises `SettingError` or `SettingsError` for the first wrong value."""
    days = table.get("holidays")
    if isinstance(days, list):  # TOML writes a day without quotes, too
        days = [day.isoformat() if type(day) is date else day for day in days]
        table = {**table, "holidays": days}
    company = convert(table, Company, "[company]", strict=False)
    for wrong in _wrong(company):
        raise wrong
    return msgspec.structs.replace(
        company,
        addresses=tuple(_address(each) or each for each in company.addresses),
        domains=tuple(_domain(each) or each for each in company.domains),
        never=tuple(_address(each) or _domain(each) or each for each in company.never),
        numbers=tuple(e164(each, company.country) or each for each in company.numbers),
    )


def _wrong(company: Company) -> Iterator[SettingError]:
    yield from _wrong_place(company)
    yield from _wrong_own(company)
    for each in company.holidays:
        if not _is_day(each):
            yield SettingError(
                "[company]: holidays: “{value}” is no day: write it like “2026-04-20”.", value=each
            )
    weekly_hours(company.hours)


def _wrong_place(company: Company) -> Iterator[SettingError]:
    from babel.core import get_global
    from babel.localedata import exists

    if company.country not in phonenumbers.SUPPORTED_REGIONS:
        yield SettingError(
            "[company]: country: “{value}” is no country code of ISO 3166: write it like “CH”.",
            value=company.country,
        )
    if not _is_zone(company.timezone):
        yield SettingError(
            "[company]: timezone: “{value}” is no time zone: write it like “Europe/Zurich”.",
            value=company.timezone,
        )
    if company.currency not in get_global("all_currencies"):
        yield SettingError(
            "[company]: currency: “{value}” is no currency code of ISO 4217: write it like “CHF”.",
            value=company.currency,
        )
    for each in company.languages:
        if not (re.fullmatch("[a-z]{2,3}", each) and exists(each)):
            yield SettingError(
                "[company]: languages: “{value}” is no language code of ISO 639: write it like “de”.",
                value=each,
            )


def _wrong_own(company: Company) -> Iterator[SettingError]:
    for each in company.addresses:
        if not _address(each):
            yield SettingError(
                "[company]: addresses: “{value}” is no mail address: write it like “info@muster-velo.example”.",
                value=each,
            )
    for each in company.domains:
        if not _domain(each):
            yield SettingError(
                "[company]: domains: “{value}” is no domain: write it like “muster-velo.example”.",
                value=each,
            )
    for each in company.never:
        if not (_address(each) or _domain(each)):
            yield SettingError(
                "[company]: never: “{value}” is neither mail address nor domain: write it like “treuhand.example”.",
                value=each,
            )
    for each in company.numbers:
        if not e164(each, company.country):
            yield SettingError(
                "[company]: numbers: “{value}” is no telephone number in {country}: write it like “+41 52 123 45 00”.",
                value=each,
                country=company.country,
            )


def _address(text: str) -> str | None:
    address = mail_address(text)
    return address if address and _DOMAIN.fullmatch(address.rpartition("@")[2]) else None


def _domain(text: str) -> str | None:
    """In the form that the domains of `mail_address` have."""
    address = _address(f"x@{text.strip()}")
    return address.removeprefix("x@") if address and "@" not in text else None


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, no key at all, or a folder of them
        return False
    return True


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
