"""What several commands take: `--json`, `--csv`, instants, and a home whose views are up to date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

import click

from stammkunde.app import periods
from stammkunde.app.bootstrap import COMPANY, Home, opened
from stammkunde.app.cli import Session
from stammkunde.app.failures import WrongCall
from stammkunde.app.periods import PeriodError

JSON = click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
CSV = click.option("--csv", "as_csv", is_flag=True, help="A CSV table.")
SET = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    help="A setting of the connector, or company.KEY=VALUE.",
)


@contextmanager
def reading(session: Session) -> Iterator[Home]:
    """A home whose views know all that the log knows."""
    with opened(session.home) as home:
        home.catch_up()
        yield home


def instant(text: str | None, zone: ZoneInfo) -> datetime | None:
    """An instant; without an offset it is in the company's zone, and a day is its beginning."""
    if text is None:
        return None
    try:
        return periods.instant(text, zone)
    except PeriodError as error:
        raise WrongCall(error.template, **error.values) from None


def pairs(words: tuple[str, ...]) -> dict[str, str]:
    """`KEY=VALUE` as it comes from `--set`."""
    found: dict[str, str] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise WrongCall("--set takes KEY=VALUE, not “{word}”.", word=word)
        found[key] = value
    return found


def company_settings(found: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The company's settings, whose keys begin with `company.`, and the connector's own."""
    company = {
        key.removeprefix(COMPANY): value for key, value in found.items() if key.startswith(COMPANY)
    }
    return company, {key: value for key, value in found.items() if not key.startswith(COMPANY)}
