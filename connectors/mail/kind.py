"""What kind of mail a message is: the order in which the signs decide.

1. Reports for machines: complaint (RFC 5965), receipt (RFC 8098), bounce (RFC 3464 and older forms).
2. A program's reply (RFC 3834), before lists: an absence sent to a list is no post.
3. Spam by the folder in which somebody, or our own server, put it.
4. Invitations (RFC 5546); a calendar's bare answer is a program's reply.
5. Spam by its structure, before lists: spammers write to lists too.
6. Lists by the header, then spam by a filter's mark: filters on the way often mark newsletters.
7. Newsletters by sender and text.
8. What is left somebody wrote to somebody.

Our own mail is never spam, and what a program of ours sent is a notice, not a contact: it must not pass for an answer.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from stammkunde.connectors.mail.automatic import auto_submitted, is_auto_reply
from stammkunde.connectors.mail.bounce import is_bounce
from stammkunde.connectors.mail.complaint import is_complaint
from stammkunde.connectors.mail.invitation import Invitation
from stammkunde.connectors.mail.mailing import is_list, is_mailing
from stammkunde.connectors.mail.message import Message
from stammkunde.connectors.mail.receipt import is_receipt
from stammkunde.connectors.mail.robots import is_robot, is_script
from stammkunde.connectors.mail.spam import is_declared_spam, is_likely_spam
from stammkunde.core.contact import Direction

Kind: TypeAlias = Literal[
    "message",
    "meeting",
    "form",
    "auto_reply",
    "bounce",
    "newsletter",
    "spam",
    "read_receipt",
    "feedback_report",
]
Report: TypeAlias = Literal["bounce", "read_receipt", "feedback_report"]


def report_kind(message: Message) -> Report | None:
    """The kind of a report for machines, or None: it tells of another mail, and both sides stand in its body."""
    if is_complaint(message):
        return "feedback_report"
    if is_receipt(message):
        return "read_receipt"
    return "bounce" if is_bounce(message) else None


def kind_of(
    message: Message, direction: Direction, invitation: Invitation | None, *, junk: bool = False
) -> Kind:
    """The kind of a mail that is neither a report nor a form; `junk` says that it lay in a folder for spam."""
    if is_auto_reply(message):
        return "auto_reply"
    if junk and direction == "in":
        return "spam"
    if invitation is not None:
        return _calendar(invitation)
    if direction == "out":
        return "newsletter" if is_list(message) or _by_program(message) else "message"
    return _incoming(message)


def _calendar(invitation: Invitation) -> Kind:
    if invitation.is_answer:
        return "auto_reply"
    return "message" if invitation.method == "reply" else "meeting"


def _incoming(message: Message) -> Kind:
    if is_likely_spam(message):
        return "spam"
    if is_list(message):
        return "newsletter"
    if is_declared_spam(message):
        return "spam"
    return "newsletter" if is_mailing(message) else "message"


def _by_program(message: Message) -> bool:
    senders = message.addresses("from")
    return (
        bool(auto_submitted(message))
        or is_script(message)
        or bool(senders and is_robot(senders[0].address))
    )
