"""Bounces, receipts and complaints as contacts of the one they tell of, bound to the mail that they answer."""

from __future__ import annotations

from stammkunde.connectors.mail.bounce import Failure, failures
from stammkunde.connectors.mail.complaint import complaint_of
from stammkunde.connectors.mail.contact import Interpretation, contact_of
from stammkunde.connectors.mail.kind import Report
from stammkunde.connectors.mail.message import Address, Message, thread_key
from stammkunde.connectors.mail.receipt import delivered_to, receipt_of
from stammkunde.connectors.mail.returned import item_of_original, original_of
from stammkunde.connectors.mail.sides import INTERNAL, NO_COUNTERPART, is_own, sides_of
from stammkunde.core.company import Company
from stammkunde.core.contact import Identifier


def report_of(message: Message, kind: Report, company: Company) -> Interpretation:
    """What a report for machines means: whom it concerns stands in its body, not in its header."""
    if kind == "bounce":
        found = failures(message)
        meant = _bounce(message, found, company) if found else _delivered(message, company)
    elif kind == "read_receipt":
        meant = _receipt(message, company)
    else:
        meant = _complaint(message, company)
    if any(not contact.party for contact in meant.contacts):
        return Interpretation(ignored=NO_COUNTERPART, failures=meant.failures)
    return meant


def _bounce(message: Message, found: tuple[Failure, ...], company: Company) -> Interpretation:
    """One contact for each failed recipient: it is he who was not reached, not the server that says so.

    Where the report names nobody, the server stands as party, and no identifier ties the contact to anyone.
    """
    original = original_of(message)
    outside = [failure for failure in found if not is_own(company, failure.recipient)]
    contacts = tuple(
        contact_of(
            message,
            Address("", failure.recipient or _reporter(message)),
            identifiers=(Identifier("mail", failure.recipient),) if failure.recipient else (),
            kind="bounce",
            direction="in",
            thread=thread_key(original if original is not None else message) or thread_key(message),
            text=failure.reason,
            ours=_own_recipients(message, company),
            attributes=_attributes(
                severity=failure.severity,
                status=failure.status,
                failed_recipient=failure.final or failure.recipient,
            ),
            related=item_of_original(original),
        )
        for failure in outside
    )
    return Interpretation(contacts, "" if contacts else INTERNAL, found)


def _reporter(message: Message) -> str:
    return next((found.address for found in message.addresses("from") if found.address), "")


def _attributes(**values: str) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _own_recipients(message: Message, company: Company) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            found.address for found in message.addresses("to") if is_own(company, found.address)
        )
    )


def _delivered(message: Message, company: Company) -> Interpretation:
    """A delivery report without a failure: a receipt of each one's mail server."""
    original = original_of(message)
    contacts = tuple(
        contact_of(
            message,
            Address("", address),
            kind="read_receipt",
            direction="in",
            thread=thread_key(original if original is not None else message),
            ours=_own_recipients(message, company),
            attributes={"disposition": "delivered"},
            related=item_of_original(original),
        )
        for address in delivered_to(message)
        if not is_own(company, address)
    )
    return Interpretation(contacts, "" if contacts else INTERNAL)


def _receipt(message: Message, company: Company) -> Interpretation:
    sides = sides_of(message, company)
    if sides.ignored:
        return Interpretation(ignored=sides.ignored)
    receipt = receipt_of(message)
    original = original_of(message)
    counterpart = sides.counterparts[0]
    if sides.direction == "in" and not counterpart.address:
        counterpart = Address(counterpart.display, receipt.recipient)
    answers = "in-reply-to" in message.headers or "references" in message.headers
    contact = contact_of(
        message,
        counterpart,
        kind="read_receipt",
        direction=sides.direction,
        thread=thread_key(message) if answers or not receipt.original_id else receipt.original_id,
        ours=sides.ours,
        attributes=_attributes(disposition=receipt.disposition, original_id=receipt.original_id),
        related=item_of_original(original),
    )
    return Interpretation((contact,))


def _complaint(message: Message, company: Company) -> Interpretation:
    """The one who complained is the counterpart; where the report hides him, the provider that reports."""
    who, feedback = complaint_of(message)
    original = original_of(message)
    counterpart = Address("", who)
    if not who or is_own(company, who):
        counterpart = next(iter(message.addresses("from")), Address("", ""))
    contact = contact_of(
        message,
        counterpart,
        kind="feedback_report",
        direction="in",
        thread=thread_key(original if original is not None else message),
        ours=_own_recipients(message, company),
        attributes=_attributes(feedback=feedback),
        related=item_of_original(original),
    )
    return Interpretation((contact,))
