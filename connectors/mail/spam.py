"""Unsolicited mail: what a filter said of it, and signs of forgery in its structure where none did.

The second is a small score, not a filter: it looks for what mail programs never write, and would rather miss than err.
"""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise

from stammkunde.connectors.mail.message import Message

ENOUGH = 4
"""Points from which a mail is spam, of which at least `_STRONG` must be for what no mail program writes."""

_STRONG = 2

_YES = re.compile(r"\s*(?:yes|true|spam\b)", re.IGNORECASE)
_FILTER_FIELD = re.compile(r"x-(?:[\w-]+-)?spam(?:-?(?:flag|status|check))?$")
_SCL = "x-ms-exchange-organization-scl"
_SCL_JUNK = frozenset("56789")
"""Exchange moves mail to Junk from a spam confidence level of 5."""


def is_declared_spam(message: Message) -> bool:
    """Whether a filter on the way marked the mail as spam in its header (SpamAssassin, rspamd, MailScanner, Exchange …)."""
    for name, values in message.headers.items():
        if "spam" in name and _FILTER_FIELD.match(name) and _YES.match(values[0]):
            return True
    return message.header(_SCL) in _SCL_JUNK


_LARGEST_OFFSET = timedelta(hours=14)
"""No zone lies further from UTC (Kiribati +14, Baker Island -12); generators of forged headers take -1600 or -1900."""

_OUTLOOK_ID = re.compile(r"<([0-9a-f]{12})\$[0-9a-f]{8}\$[0-9a-f]{8}@", re.IGNORECASE)
_FILETIME = re.compile(r"[0-9a-f]{4}01[b-e]", re.IGNORECASE)
"""Digits 5 to 12 of Outlook's ids are the upper half of a FILETIME: 01b… to 01e… from 1990 to 2060."""

_QUEUE_ID = re.compile(r"\bid <?([A-Za-z0-9]{8,20})\b")
_TAIL = re.compile(r"\s{6,}\S+\s*$|[!?]\d{3,}\s*$|\(([\w@-]{12,})\)\s*$")
_MIXED = re.compile(r"\d[A-Za-z]+\d+[A-Za-z]|[a-z]\d[A-Z]")
_CLEAN_WORD = re.compile(r"[/.:@<>&?=](?!\d*\])")
_NUMERIC_LINK = re.compile(
    rb"https?://(?!10\.|127\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)(?:\d{1,3}(?:\.\d{1,3}){3}|\d{8,}|[^/\s\"'>]{0,200}@\d)[/:\s\"'>]"
)
_REPLY_PREFIX = re.compile(r"(?:\[[^\]]*\]\s*)?(?:re|aw|sv|fwd?|wg|tr|r)\s?:", re.IGNORECASE)
_QUOTES = ("\n>", "wrote:", "schrieb:", "crit :", "crit:", "scritto:", "--Original", "-- Original")
_REMOVAL = (
    "to be removed", "be removed from", "remove me", "removed from our", "removed from this", "removed from future", "remove in the subject",
    "'remove'", '"remove"', "opt-out", "opt out", "future mailings", "not wish to receive", "no longer wish",
)  # fmt: skip
_HYPE = (
    "risk free", "risk-free", "money back", "money-back", "order now", "act now", "absolutely free", "limited time", "100% free",
    "no obligation", "click here", "this is not spam", "not unsolicited", "one-time mailing", "one time mailing", "s.1618", "s. 1618",
    "in compliance with", "guaranteed!", "financial freedom", "extra income", "credit card debt",
)  # fmt: skip
_NOISE = 15
_LONGEST_TAIL = 300
_SAMPLE = 20_000
"""Characters of the text that are looked at."""


def is_likely_spam(message: Message) -> bool:
    """Whether a mail that no filter marked was made to deceive: strong signs, and weak ones besides.

    Weak signs alone never decide. What answers another mail, by its header and with a quote, was written to somebody.
    """
    headers = message.headers
    answers = "in-reply-to" in headers or "references" in headers
    if answers and _quotes(message.text):
        return False
    strong = _strong_signs(message)
    return strong >= _STRONG and strong + _weak_signs(message, answers=answers) >= ENOUGH


def _strong_signs(message: Message) -> int:
    """What hardly any mail program writes: forged header fields, and marks that make each copy different for filters."""
    score = _forgeries(message) + _recipient_signs(message)
    tail = _TAIL.search(message.header("subject")[-_LONGEST_TAIL:])
    if tail and (tail[1] is None or _MIXED.search(tail[1])):
        score += 2
    if _ends_in_noise(message.text):
        score += 2
    if any(
        _NUMERIC_LINK.search(part.content[:_SAMPLE])
        for part in message.parts
        if part.type.startswith("text/")
    ):
        score += 2
    return score


def _ends_in_noise(text: str) -> bool:
    """Whether the last word is a long run of random characters, and neither a link nor the boundary of a broken mail."""
    words = text[-200:].split()
    if not words or len(words[-1]) < _NOISE or words[-1].startswith(("-", "_")):
        return False
    # Letters alone are not enough: German compounds are as long, and have as few vowels.
    return not _CLEAN_WORD.search(words[-1]) and _MIXED.search(words[-1]) is not None


def _quotes(text: str) -> bool:
    return text.startswith(">") or any(sign in text for sign in _QUOTES)


def _forgeries(message: Message) -> int:
    score = 0
    date = message.date
    if date is not None:
        offset = date.utcoffset()
        if offset is not None and abs(offset) > _LARGEST_OFFSET:
            score += 3
    own_id = message.header("message-id")
    match = _OUTLOOK_ID.match(own_id)
    if match and not _FILETIME.match(match[1]):
        score += 3
    return score


def _given_on_the_way(message: Message, own_id: str) -> bool:
    """Whether a server that received the mail from another host had to give it an id: the sender's program gave none."""
    return any(
        match[1] in own_id
        for received in message.headers.get("received", ())[:-1]
        if (match := _QUEUE_ID.search(received)) is not None
    )


def _recipient_signs(message: Message) -> int:
    """Whether the recipients are neighbours in an alphabetical list of addresses; a family shares more than two letters."""
    recipients = [
        address.address
        for name in ("to", "cc")
        for address in message.addresses(name)
        if address.address
    ]
    domains = {address.partition("@")[2] for address in recipients}
    if len(domains) < _NEIGHBOURS // 2 or len(recipients) < _NEIGHBOURS:
        return 0
    near = sum(one[:2] == other[:2] and one[:5] != other[:5] for one, other in pairwise(recipients))
    return 3 if near >= 0.7 * (len(recipients) - 1) else 0


_NEIGHBOURS = 6


def _weak_signs(message: Message, *, answers: bool) -> int:
    text = message.text[:_SAMPLE]
    lower = text.lower()
    subject = message.header("subject")
    own_id = message.header("message-id")
    return sum(
        (
            not own_id or _given_on_the_way(message, own_id),
            subject.isupper() and len(subject) > 9 and subject.isascii(),
            "!" in subject or "$" in subject,
            not answers and _REPLY_PREFIX.match(subject) is not None and not _quotes(text),
            _to_itself(message),
            any(sign in lower for sign in _REMOVAL),
            any(sign in lower for sign in _HYPE),
            text.count("!") >= 6 and text.count("!") * 120 > len(text),
            "html_only" in message.flags,
        )
    )


def _to_itself(message: Message) -> bool:
    senders = [address.address for address in message.addresses("from")]
    return bool(senders) and senders == [address.address for address in message.addresses("to")]
