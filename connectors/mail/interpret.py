"""From a mail to the contacts it is: one for each counterpart, with nothing of the other counterparts in it."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Any

import msgspec

from stammkunde.connectors.mail import shop
from stammkunde.connectors.mail.contact import Interpretation, contact_of
from stammkunde.connectors.mail.folder import role_of
from stammkunde.connectors.mail.form import Form, is_form, read_form
from stammkunde.connectors.mail.invitation import Invitation, addresses_of, invitation_of
from stammkunde.connectors.mail.kind import kind_of, report_kind
from stammkunde.connectors.mail.message import Address, Message, attachments_of, thread_key
from stammkunde.connectors.mail.reply import visible_reply
from stammkunde.connectors.mail.report import report_of
from stammkunde.connectors.mail.robots import answers_nobody, is_robot, is_script
from stammkunde.connectors.mail.sides import INTERNAL, NO_COUNTERPART, Sides, is_own, sides_of
from stammkunde.connectors.mail.text import language_of
from stammkunde.core.company import Company
from stammkunde.core.contact import Contact, Identifier

__all__ = ["Interpretation", "interpret"]


def interpret(
    message: Message,
    *,
    company: Company,
    folder: str = "",
    shop_senders: AbstractSet[str] = frozenset(),
) -> Interpretation:
    """The contacts of a mail, or why it is ignored; never raises.

    `folder` is its mailbox's name or special use. `shop_senders` are further addresses and domains under which our web
    shop or its forms write, besides our own ones. References into the source are left to the connector.
    """
    report = report_kind(message)
    if report is not None:
        return report_of(message, report, company)
    role = role_of(folder)
    sides = sides_of(message, company, sent=role == "sent")
    sender = _sender(message)
    from_shop = sender in shop_senders or sender.partition("@")[2] in shop_senders
    ours = from_shop or is_own(company, sender)
    if ours and shop.is_shop_notification(message, sender, from_shop=from_shop):
        return Interpretation(ignored=shop.IGNORED)
    form = _form(message, sides, company, sender, from_shop=from_shop)
    if form is not None:
        return Interpretation(contacts=(_form_contact(message, sides, form),))
    if sides.ignored:
        return Interpretation(ignored=sides.ignored)
    if not any(found.address for found in sides.counterparts):
        return Interpretation(ignored=NO_COUNTERPART)
    return Interpretation(contacts=_conversation(message, sides, company, junk=role == "junk"))


def _conversation(
    message: Message, sides: Sides, company: Company, *, junk: bool
) -> tuple[Contact, ...]:
    invitation = invitation_of(message)
    kind = kind_of(message, sides.direction, invitation, junk=junk)
    if kind == "spam":
        return (_spam(message, sides.counterparts[0], sides.ours),)
    text = visible_reply(message.text)
    if invitation is not None:
        sides = _invited(sides, invitation, company)
        text = text or invitation.comment
    facts = _facts(message, sides, text, invitation)
    if kind == "newsletter" and sides.direction == "out" and "list-unsubscribe" in message.headers:
        facts["flags"] = tuple(dict.fromkeys((*facts["flags"], "campaign")))
    return tuple(
        contact_of(message, counterpart, kind=kind, direction=sides.direction, **facts)
        for counterpart in sides.counterparts
    )


def _sender(message: Message) -> str:
    return next((found.address for found in message.addresses("from") if found.address), "")


def _facts(
    message: Message, sides: Sides, text: str, invitation: Invitation | None
) -> dict[str, Any]:
    """What all counterparts of a mail share."""
    return {
        "thread": thread_key(message),
        "text": text,
        "language": language_of(text),
        "ours": sides.ours,
        "attachments": attachments_of(message),
        "attributes": _appointment(invitation) if invitation else {},
        "flags": tuple(dict.fromkeys((*message.flags, *sides.flags))),
    }


def _spam(message: Message, sender: Address, ours: tuple[str, ...]) -> Contact:
    """Nothing of the content is kept, and no name: address and subject do to find a mail that was none."""
    return contact_of(message, sender, kind="spam", direction="in", ours=ours, display="")


def _appointment(invitation: Invitation) -> dict[str, str]:
    found = {
        "method": invitation.method,
        "uid": invitation.uid,
        "starts": invitation.starts,
        "ends": invitation.ends,
        "place": invitation.place,
        "partstat": invitation.partstat,
    }
    return {name: value for name, value in found.items() if value}


def _invited(sides: Sides, invitation: Invitation, company: Company) -> Sides:
    """A calendar service writes in somebody's name: then the calendar itself says in whose."""
    if sides.direction == "out":
        return sides
    sender = sides.counterparts[0]
    if sender.address and not is_robot(sender.address):
        return sides
    named = next(
        (
            found
            for found in addresses_of(invitation)
            if found.address and not is_own(company, found.address)
        ),
        None,
    )
    return sides if named is None else msgspec.structs.replace(sides, counterparts=(named,))


def _form(
    message: Message, sides: Sides, company: Company, sender: str, *, from_shop: bool
) -> tuple[Address, Form] | None:
    """Who filled in a web form, and what its fields say; None where the mail is no form.

    Our own address, the shop's, a program's or a web server's account wrote it: to ourselves with another one's
    Reply-To, or with enough fields in the text.
    """
    to_ourselves = sides.ignored == INTERNAL
    script = is_script(message)
    by_program = sides.direction == "in" and (from_shop or script or is_robot(sender))
    if not to_ourselves and not by_program:
        return None
    form = read_form(message.text, company.country)
    replies = [
        found
        for found in message.addresses("reply-to")
        if found.address
        and not is_own(company, found.address)
        and not answers_nobody(found.address)
    ]
    if replies and (to_ourselves or is_form(form)):
        return replies[0], form
    if is_form(form) and not is_own(company, form.mail):
        return Address(form.display, form.mail), form
    if script and not to_ourselves and is_own(company, _address(message, "return-path")):
        return sides.counterparts[0], form  # our own web server wrote in the visitor's name
    return None


def _address(message: Message, name: str) -> str:
    return next((found.address for found in message.addresses(name)), "")


def _form_contact(message: Message, sides: Sides, found: tuple[Address, Form]) -> Contact:
    counterpart, form = found
    identifiers = [Identifier("mail", counterpart.address)] if counterpart.address else []
    if form.phone:
        identifiers.append(Identifier("phone", form.phone))
    if not counterpart.address:  # a number alone: the party only tells this contact apart
        counterpart = Address(counterpart.display, _sender(message))
    facts = _facts(message, sides, message.text.strip(), None)
    return contact_of(
        message,
        counterpart,
        kind="form",
        direction="in",
        identifiers=tuple(identifiers),
        name=form.name,
        display=counterpart.display or form.display,
        **facts,
    )
