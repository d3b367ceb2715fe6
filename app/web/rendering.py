"""Templates: one environment, escaped by default, with the texts, numbers and times of the visitor's language."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from litestar import MediaType, Request, Response

from stammkunde.app import writing
from stammkunde.app.web.visit import Visit

HERE = Path(__file__).parent
STATIC = HERE / "static"


@cache
def environment() -> Environment:
    """The templates of this package; a name that a page forgot to give is an error, not an empty place."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        auto_reload=False,  # of a program that is being updated the old half would meet the new one
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(_=_text, plural=_plural, asset=asset)
    made.filters.update(_FILTERS)
    return made


def page(visit: Visit, template: str, *, status: int = 200, **values: Any) -> Response[str]:
    """A whole page."""
    text = environment().get_template(template).render(visit=visit, **values)
    return Response(text, media_type=MediaType.HTML, status_code=status)


def part(visit: Visit, template: str, block: str, **values: Any) -> Response[str]:
    """One block of a page, which the browser puts in the place of the old one."""
    found = environment().get_template(template)
    context = found.new_context({"visit": visit, **values})
    return Response("".join(found.blocks[block](context)), media_type=MediaType.HTML)


def wants_part(request: Request[Any, Any, Any]) -> bool:
    """Whether htmx asks for a part of the page that is open; going back in the history it needs the whole page."""
    headers = request.headers
    return "hx-request" in headers and "hx-history-restore-request" not in headers


@cache
def asset(name: str) -> str:
    """The address of a static file; it changes with the content, so that browsers may keep it for ever."""
    digest = hashlib.blake2b((STATIC / name).read_bytes(), digest_size=6).hexdigest()
    return f"/static/{name}?{digest}"


def _visit(context: Context) -> Visit:
    visit: Visit = context["visit"]
    return visit


@pass_context
def _text(context: Context, message: str, **values: object) -> str:
    return _visit(context).locale.text(message, **values)


@pass_context
def _plural(context: Context, one: str, many: str, n: int, **values: object) -> str:
    return _visit(context).locale.plural(one, many, n, **values)


@pass_context
def _word(context: Context, stored: str | None) -> str:
    return _visit(context).locale.word(stored)


@pass_context
def _moment(context: Context, at: datetime) -> str:
    visit = _visit(context)
    return writing.moment(at, visit.zone, visit.locale.code)


@pass_context
def _clock(context: Context, at: datetime) -> str:
    return f"{at.astimezone(_visit(context).zone):%H:%M}"


@pass_context
def _day(context: Context, at: date) -> str:
    visit = _visit(context)
    own = at.astimezone(visit.zone) if isinstance(at, datetime) else at
    return writing.day(own, visit.locale.code)


@pass_context
def _identifier(context: Context, value: str, kind: str = "phone") -> str:
    return writing.identifier(kind, value, _visit(context).home.company.country)


@pass_context
def _number(context: Context, value: Decimal | float, places: int = 0) -> str:
    return _visit(context).locale.number(value, places)


@pass_context
def _money(context: Context, amount: Decimal, currency: str) -> str:
    return _visit(context).locale.money(amount, currency)


_FILTERS: dict[str, Callable[..., Any]] = {
    "word": _word,
    "capital": writing.capital,
    "moment": _moment,
    "clock": _clock,
    "day": _day,
    "identifier": _identifier,
    "number": _number,
    "money": _money,
    "share": writing.share,
}
