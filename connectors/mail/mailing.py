"""Mail to many: lists, newsletters and notices, by their header (RFC 2369, 2919, 8058), else by sender and text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stammkunde.connectors.mail import sentences
from stammkunde.connectors.mail.automatic import auto_submitted
from stammkunde.connectors.mail.message import Message
from stammkunde.connectors.mail.robots import is_robot, is_script, is_tagged, through_list

_LIST_FIELDS = frozenset(
    {
        "list-id", "list-post", "list-help", "list-subscribe", "list-unsubscribe", "list-unsubscribe-post", "list-owner",
        "list-archive", "mailing-list", "x-mailing-list", "x-beenthere", "x-mailman-version", "x-listname", "x-list-name",
        "x-campaign", "x-campaign-id", "x-campaignid", "x-mailer-recptid", "x-csa-complaints",
    }
)  # fmt: skip
_BULK = frozenset({"bulk", "list", "junk"})
_REPLY = re.compile(r"\s*(?:\[[^\]]*\]\s*)?(?:re|aw|antw|sv|fwd?|wg|tr|rif|i)\s?:", re.IGNORECASE)
_NEWS = re.compile(
    r"newsletter|rundbrief|rundschreiben|lettre d['’]info|infolettre|bollettino", re.IGNORECASE
)
_ENOUGH = 2
_MANY_LINKS = 20
_LARGEST = 200_000
"""Characters of HTML in which a link to unsubscribe is looked for."""

_KEYS = (
    "subscri", "receiving this", "received this", "receive this", "sent to", "mailing list", "future e-mail", "future email", "wish to receive", "not receive", "abbestell", "abmeld", "austrag", "sie erhalten", "newsletter",
    "désabonn", "désinscr", "desabonn", "desinscr", "vous recevez", "disiscri", "cancella", "iscrizione", "ricev", "view this",
)  # fmt: skip
"""One of these stands in each sentence of `sentences.SUBSCRIBED`: looking for them first is thirty times as fast."""

_WINDOW = 140
_MOST_WINDOWS = 5


def is_list(message: Message) -> bool:
    """Whether the header says that a mail went to many: list fields, Precedence, or a program without a question."""
    if not _LIST_FIELDS.isdisjoint(message.headers):
        return True
    precedence = message.header("precedence")
    return bool(precedence) and precedence.strip().lower() in _BULK


def is_mailing(message: Message) -> bool:
    """Whether sender and text tell of a mailing or a program's notice, where no list field does.

    Mail that answers another one is none unless a program or a list sent it.
    """
    senders = message.addresses("from")
    sender = senders[0].address if senders else ""
    if (
        is_robot(sender)
        or is_script(message)
        or through_list(message, sender)
        or auto_submitted(message)
    ):
        return True
    if (
        "in-reply-to" in message.headers
        or "references" in message.headers
        or _REPLY.match(message.header("subject"))
    ):
        return False
    score = sum(
        (
            is_tagged(message, sender),
            _marked_sender(sender),
            "errors-to" in message.headers or "bounces-to" in message.headers,
            "feedback-id"
            in message.headers,  # Gmail's; some providers set it on single mails as well
            bool(
                _NEWS.search(message.header("subject"))
                or (senders and _NEWS.search(senders[0].display))
            ),
        )
    )
    return score >= _ENOUGH or score + _text_score(message) >= _ENOUGH


def _marked_sender(sender: str) -> bool:
    """Whether the author's own address is numbered for this mailing, as no person's is."""
    local = sender.partition("@")[0]
    return "#" in local or sum(character.isdigit() for character in local) >= 6


def _text_score(message: Message) -> int:
    lower = message.text.lower()
    if any(sentences.SUBSCRIBED.search(window) for window in _windows(lower)):
        return 2
    for part in message.parts:
        if part.type == "text/html":
            source = part.text[:_LARGEST]
            if sentences.UNSUBSCRIBE_LINK.search(source):
                return 2
            return 1 if source.count("href=") >= _MANY_LINKS else 0
    return 0


def _windows(lower: str) -> Iterator[str]:
    """The surroundings of each key, wherein a sentence of `sentences.SUBSCRIBED` would stand."""
    for key in _KEYS:
        at = lower.find(key)
        for _ in range(_MOST_WINDOWS):
            if at < 0:
                break
            yield lower[max(at - _WINDOW, 0) : at + _WINDOW]
            at = lower.find(key, at + _WINDOW // 2)
