"""What a person decides: assign, merge, classify and their like, and what he writes down himself."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from typing import get_args
from zoneinfo import ZoneInfo

import click

from stammkunde.app.bootstrap import Home
from stammkunde.app.cli import Session
from stammkunde.app.commands.options import instant, reading
from stammkunde.app.failures import WrongCall
from stammkunde.core.contact import Direction
from stammkunde.core.decisions import BY_HAND, Decisions
from stammkunde.core.events import IdentifierClass, Role

REASON = click.option("--reason", default="", help="Why; kept privately with the decision.")


@contextmanager
def _deciding(session: Session) -> Iterator[tuple[Home, Decisions]]:
    """The home with views that are up to date before a name is looked up, and again afterwards."""
    with reading(session) as home:
        yield home, Decisions(home.intake, by=_user())
        home.catch_up()
    click.echo(session.locale.text("Done."))


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


@click.command("record")
@click.argument("kind", metavar="KIND", type=click.Choice(sorted(BY_HAND)))
@click.option("--customer", required=True, metavar="REF", help="Id, mail address or phone number.")
@click.option("--text", required=True, help="What it was about.")
@click.option("--at", help="When; default: now.")
@click.option(
    "--direction", type=click.Choice(get_args(Direction)), help="From the customer or from us."
)
@click.pass_obj
def record_command(
    session: Session,
    kind: str,
    customer: str,
    text: str,
    at: str | None,
    direction: Direction | None,
) -> None:
    """Record a letter, a visit or a call by hand.

    \b
    stammkunde record letter --customer keller@kunden.example --text "Cancels her service contract"
    stammkunde record visit --customer "052 203 44 10" --text "Test ride" --at 2026-11-20T14:30
    """
    with _deciding(session) as (home, decisions):
        who = home.customer_id(customer)
        when = instant(at, ZoneInfo(home.company.timezone)) or home.now().replace(microsecond=0)
        click.echo(decisions.record(kind, who, text, when, direction=direction))


@click.command("describe")
@click.argument("ref")
@click.argument("pairs", nargs=-1, required=True, metavar="KEY=VALUE...")
@click.pass_obj
def describe_command(session: Session, ref: str, pairs: tuple[str, ...]) -> None:
    """Write attributes of a customer; an empty value takes one away.

    The attribute `role` is customer, supplier, partner or private: all but the first are left out of the customer figures.
    Of a private one nothing is kept from then on of what is said.

    \b
    stammkunde describe keller@kunden.example hobby=mountainbike size=M
    stammkunde describe office@lieferant.example role=supplier
    """
    attributes: dict[str, str] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key.strip():
            raise WrongCall("An attribute is KEY=VALUE, not “{pair}”.", pair=pair)
        attributes[key.strip()] = value.strip()
    role = attributes.pop("role", None)
    if role not in (None, *get_args(Role)):
        raise WrongCall(
            "role is {known}, not “{role}”.", known=", ".join(get_args(Role)), role=role
        )
    with _deciding(session) as (home, decisions):
        decisions.describe(home.customer_id(ref), attributes, role=role)  # type: ignore[arg-type]


@click.command("note")
@click.argument("ref")
@click.argument("text")
@click.pass_obj
def note_command(session: Session, ref: str, text: str) -> None:
    """Write a note on a customer.

    \b
    stammkunde note "052 203 44 10" "Prefers to be called after four"
    """
    with _deciding(session) as (home, decisions):
        decisions.note(home.customer_id(ref), text)


@click.command("link")
@click.argument("ref")
@click.argument("identifier")
@REASON
@click.pass_obj
def link_command(session: Session, ref: str, identifier: str, reason: str) -> None:
    """Give a mail address, phone number or shop account (SYSTEM:ID) to a customer.

    \b
    stammkunde link keller@kunden.example "079 555 12 34"
    """
    with _deciding(session) as (home, decisions):
        decisions.link(home.identifier(identifier), home.customer_id(ref), reason=reason)


@click.command("unlink")
@click.argument("ref")
@click.argument("identifier")
@REASON
@click.pass_obj
def unlink_command(session: Session, ref: str, identifier: str, reason: str) -> None:
    """Take back what link said.

    \b
    stammkunde unlink keller@kunden.example "079 555 12 34"
    """
    with _deciding(session) as (home, decisions):
        decisions.unlink(home.identifier(identifier), home.customer_id(ref), reason=reason)


@click.command("assign")
@click.argument("contact")
@click.argument("customer", metavar="CUSTOMER|nobody")
@REASON
@click.pass_obj
def assign_command(session: Session, contact: str, customer: str, reason: str) -> None:
    """Give a contact to a customer, or to nobody. Of an id as much suffices as no other one begins with.

    \b
    stammkunde assign 018bcfe56800 keller@kunden.example
    """
    with _deciding(session) as (home, decisions):
        who = None if customer == "nobody" else home.customer_id(customer)
        decisions.assign(home.queries.contact_id(contact), who, reason=reason)


@click.command("merge")
@click.argument("one")
@click.argument("other")
@click.option("--reason", required=True, help="Why; kept privately with the decision.")
@click.option(
    "--anyway", is_flag=True, help="Also where distinct or unmerge said that they are two."
)
@click.pass_obj
def merge_command(session: Session, one: str, other: str, reason: str, anyway: bool) -> None:
    """Say that two customers are one. Nothing is moved, and unmerge takes it back at any time.

    \b
    stammkunde merge anna@kunden.example a.meier@firma.example --reason "she told us"
    """
    with _deciding(session) as (home, decisions):
        pair = home.customer_id(one), home.customer_id(other)
        decisions.merge(*pair, reason=reason, anyway=anyway)


@click.command("unmerge")
@click.argument("one")
@click.argument("other")
@REASON
@click.pass_obj
def unmerge_command(session: Session, one: str, other: str, reason: str) -> None:
    """Take a merge back; both customers are named by id, since their addresses lead to the same one now.

    \b
    stammkunde unmerge 7f3c… a51e…
    """
    with _deciding(session) as (home, decisions):
        one, other = home.queries.customer_id(one), home.queries.customer_id(other)
        decisions.unmerge(one, other, reason=reason)


@click.command("distinct")
@click.argument("one")
@click.argument("other")
@REASON
@click.pass_obj
def distinct_command(session: Session, one: str, other: str, reason: str) -> None:
    """Say that two customers are not one, for ever.

    \b
    stammkunde distinct anna@kunden.example peter@kunden.example
    """
    with _deciding(session) as (home, decisions):
        decisions.distinct(home.customer_id(one), home.customer_id(other), reason=reason)


@click.command("classify")
@click.argument("identifier")
@click.argument("class_", metavar="CLASS", type=click.Choice(get_args(IdentifierClass)))
@REASON
@click.pass_obj
def classify_command(
    session: Session, identifier: str, class_: IdentifierClass, reason: str
) -> None:
    """Say that an identifier is one party's alone, several parties', or nobody's.

    \b
    stammkunde classify "052 214 77 31" shared
    """
    with _deciding(session) as (home, decisions):
        decisions.classify(home.identifier(identifier), class_, reason=reason)
