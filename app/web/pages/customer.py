"""Kundenblatt: all that is known of one customer, on every channel."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, get_args

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Stream

from stammkunde.app import writing
from stammkunde.app.contact_table import CONTACT_HEAD, contact_cells
from stammkunde.app.properties import said
from stammkunde.app.web import evidence, timeline
from stammkunde.app.web.charts.drawing import Drawn
from stammkunde.app.web.charts.strip import Order as Dot
from stammkunde.app.web.charts.strip import Strip, strip
from stammkunde.app.web.deciding import customer_id
from stammkunde.app.web.download import spreadsheet
from stammkunde.app.web.rendering import page, part, wants_part
from stammkunde.app.web.visit import Visit, Visiting
from stammkunde.core.contact import Channel
from stammkunde.core.events import Role
from stammkunde.projections.answers import Amount, Contact, CustomerSheet, Identifier
from stammkunde.projections.queries import Filter
from stammkunde.projections.sheets import Order, Part, Sheet

PAGE = 25
_YEAR = timedelta(days=365)


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """An identifier: how it is called and written, its class, and whether a person tied it to the customer."""

    kind: str
    label: str
    value: str
    shown: str
    class_: str
    is_linked: bool


class Bought(msgspec.Struct, frozen=True, kw_only=True):
    """An order: `steps` are the kinds of what came after its placing, `contact` is where it stands."""

    contact: str
    number: str
    at: datetime
    value: str
    lines: tuple[tuple[str, str], ...]
    steps: tuple[tuple[str, str, datetime], ...]


class Merged(msgspec.Struct, frozen=True):
    """A customer who became part of this one, and how he shows himself."""

    id: str
    ways: str
    since: datetime


@get("/customers/{ref:str}", sync_to_thread=True)
def customer(
    request: Request[Any, Any, Any],
    visit: Visiting,
    ref: FromPath[str],
    channel: FromQuery[str] = "",
    after: FromQuery[str] = "",
    seen: FromQuery[int] = 0,
) -> Response[Any]:
    """The sheet, its timeline on one channel, or the timeline's next page; a merged customer's leads to the living one."""
    found = customer_id(visit, ref)
    if found != ref:
        return Redirect(f"/customers/{found}", status_code=303)
    only = known_channel(channel)
    wanted = Filter(customer=found, channel=only)
    contacts = visit.queries.contacts(wanted, limit=PAGE + 1, after=after)
    extra = visit.queries.sheet(found, visit.now, visit.now - _YEAR)
    values: dict[str, Any] = {
        "id": found,
        "days": timeline.days(visit, contacts[:PAGE]),
        "more": contacts[PAGE - 1].id if len(contacts) > PAGE else "",
        "channel": only or "",
        "channels": extra.channels,
        "all": sum(extra.channels.values()),
        "total": extra.channels.get(only, 0) if only else sum(extra.channels.values()),
        "after": after,
        "seen": max(0, seen) if after else 0,
        "shown": min(len(contacts), PAGE),
    }
    if wants_part(request):
        return part(visit, "customer.html", "older" if after else "timeline", **values)
    sheet = visit.queries.customer(found, limit=1)
    return page(visit, "customer.html", **values, **_sheet(visit, sheet, extra))


@get("/customers/{ref:str}/contacts.csv", sync_to_thread=True)
def customer_csv(visit: Visiting, ref: FromPath[str], channel: FromQuery[str] = "") -> Stream:
    """All his contacts, or those on one channel, as far as the visitor may see them."""
    wanted = Filter(customer=customer_id(visit, ref), channel=known_channel(channel))
    shown: Iterator[Contact] = map(visit.shown, visit.queries.all_contacts(wanted))
    return spreadsheet("contacts", CONTACT_HEAD, map(contact_cells, shown))


def known_channel(channel: str) -> Channel | None:
    """One of the channels, else None: all of them."""
    return next((one for one in get_args(Channel) if one == channel), None)


def _sheet(visit: Visit, sheet: CustomerSheet, extra: Sheet) -> dict[str, Any]:
    ways = [_way(visit, one.kind, one.value, one.class_, extra) for one in sheet.identifiers]
    usable = [way for way in ways if way.class_ != "blocked"]
    name = writing.phone(sheet.name, visit.home.company.country)
    return {
        "sheet": sheet,
        "is_hidden": bool(visit.queries.closed([sheet.id])),
        "name": name or visit.text("Customer without a name"),
        "ways": ways,
        "call": next((way for way in usable if way.kind == "phone"), None),
        "write": next((way for way in usable if way.kind == "mail"), None),
        "attributes": [
            (key, said(key, visit.locale), one) for key, one in sorted(sheet.attributes.items())
        ],
        "missing": _missing(visit, sheet, usable),
        "tasks": visit.queries.todo(visit.now, customer=sheet.id),
        "worth": [_money(visit, sum_) for sum_ in extra.worth],
        "worth_before": [_money(visit, sum_) for sum_ in extra.worth_before],
        "worth_ever": [_money(visit, sum_) for sum_ in sheet.revenue],
        "chart": _strip(visit, extra) if extra.placed else None,
        "orders": [_bought(visit, order) for order in extra.orders],
        "placed": len(extra.placed),
        "merged": [_merged(visit, one) for one in extra.parts],
        "roles": get_args(Role),
    }


def _way(visit: Visit, kind: str, value: str, class_: str, extra: Sheet) -> Way:
    one = Identifier(kind, value)  # type: ignore[arg-type]
    return Way(
        kind=kind,
        label=evidence.kind_of(visit, kind),
        value=value,
        shown=evidence.identifier(visit, one),
        class_=class_,
        is_linked=one in extra.linked,
    )


def _missing(visit: Visit, sheet: CustomerSheet, usable: list[Way]) -> list[str]:
    """What the figure on completeness asks for: a name, a mail address, a number."""
    text, kinds = visit.text, {way.kind for way in usable}
    known = {
        text("a name"): bool(sheet.name) and sheet.name not in {way.value for way in usable},
        text("a mail address"): "mail" in kinds,
        text("a phone number"): "phone" in kinds,
    }
    return [what for what, is_known in known.items() if not is_known]


def _money(visit: Visit, sum_: Amount) -> str:
    return writing.money(sum_.amount, sum_.currency, visit.locale.code)


def _strip(visit: Visit, extra: Sheet) -> Drawn:
    placed = extra.placed
    orders = tuple(Dot(one.at.date(), one.amount, one.currency) for one in placed)
    since = writing.day(placed[-1].at.date(), visit.locale.code)
    return strip(
        Strip(
            anchor="orders",
            title=visit.text("Orders since {day}", day=since),
            desc=visit.locale.plural("{n} order, the last on {day}.", "{n} orders, the last on {day}.", len(placed), day=writing.day(placed[0].at.date(), visit.locale.code)),
            orders=orders,
            today=visit.now.date(),
            heading=visit.text("Year"),
            counted=visit.text("Orders"),
            worth=visit.text("Worth"),
        ),
        visit.locale,
    )  # fmt: skip


def _bought(visit: Visit, order: Order) -> Bought:
    first, *later = order.steps
    is_hidden = any(source in visit.hidden for source in order.sources)
    lines = () if is_hidden else order.lines
    currency = order.value.currency if order.value else ""
    return Bought(
        contact=first.contact,
        number="" if is_hidden else order.number,
        at=order.at,
        value=_money(visit, order.value) if order.value else "",
        lines=tuple(
            (
                timeline.line_text(line),
                writing.money(line.quantity * line.price, currency, visit.locale.code),
            )
            for line in lines
        ),
        steps=tuple((step.contact, step.kind, step.at) for step in later),
    )


def _merged(visit: Visit, one: Part) -> Merged:
    ways = " · ".join(evidence.identifier(visit, way) for way in one.identifiers[:3])
    return Merged(one.id, ways or visit.text("without address or number"), one.since)
