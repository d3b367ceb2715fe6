"""Mails that could not be delivered: what tells a bounce, whom it concerns, and whether the failure is final.

RFC 3464 reports first, then the formats of servers that do not know it: what they have in common (the null envelope
sender, MAILER-DAEMON, an address at the beginning of a line, reply codes) rather than what tells them apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from stammkunde.connectors.mail import sentences
from stammkunde.connectors.mail.addresses import usable
from stammkunde.connectors.mail.message import Message
from stammkunde.connectors.mail.returned import divided, original_of
from stammkunde.connectors.mail.status import (
    Group,
    Severity,
    address_in,
    code_in,
    enhanced_code,
    groups,
    severity_of,
)


class Failure(msgspec.Struct, frozen=True):
    """One recipient that a mail did not reach.

    `recipient` is whom we wrote to, empty where the report names nobody, and `final` where his mail was forwarded to, if
    it failed there. `status` is an enhanced code (`5.1.1`), a reply code (`550`) or empty, `reason` the report's own words.
    """

    recipient: str
    severity: Severity
    status: str = ""
    reason: str = ""
    final: str = ""


_DAEMON = re.compile(
    r"(?:mail(?:er)?[-_.]?daemon|mdaemon|postmaster|mail[-_.]delivery[-_.]\w+)(?:@|$)"
)
_DELIVERY = (
    "mail delivery",
    "mailer-daemon",
    "mailer daemon",
    "maildelivery",
    "delivery system",
    "delivery subsystem",
)
_NULL = frozenset({"", "<>", "<null>", "<mailer-daemon>", "mailer-daemon"})
_LIST_SERVER = frozenset(
    {
        "admin",
        "owner",
        "request",
        "bounce",
        "bounces",
        "ctl",
        "majordomo",
        "listserv",
        "mailman",
        "sympa",
        "ezmlm",
    }
)
_SES_TYPE = re.compile(r'"(?:notificationType|eventType)"\s*:\s*"(\w+)"')
_SES_ADDRESS = re.compile(r'"emailAddress"\s*:\s*"([^"]{3,320})"')
_SES_PERMANENT = re.compile(r'"bounceType"\s*:\s*"Permanent"')

_AT = r"[^\s<>\"';:,()\[\]|/]{1,64}@[^\s<>\"';:,()\[\]|/]{1,253}"
_MARKED = re.compile(
    rf"^[ \t>]*(?:[^\n<>]{{0,120}}\s)?<({_AT})>[ \t]*(?::|\.?[ \t]*$|\((?:expanded|reason))",
    re.MULTILINE,
)
_LEADING = re.compile(
    rf"^[ \t>*\"]*(?:(?:final-)?recipients?:?\s*)?<?({_AT})[>\"]?:?(?=[\s:,.]|$)",
    re.MULTILINE | re.IGNORECASE,
)
_COMMANDED = re.compile(rf"RCPT TO:\s*<?({_AT})", re.IGNORECASE)
_NAMED = re.compile(
    rf"(?:\bto|recipients?|address|user|Unknown user:|an|à|a)[:\s]+[\[<\"']*({_AT})", re.IGNORECASE
)
_ANY = re.compile(rf"({_AT})")
_SENDER_LINE = re.compile(
    r"(?:MAIL FROM|envelope-from|contact|please|F=)\W*<?[^\s]*@", re.IGNORECASE
)
_LONGEST_REASON = 2000


def ses_event(message: Message) -> str:
    """The type of a notification that Amazon SES sends as JSON (`Bounce`, `Complaint`, `Delivery`), else empty."""
    if not message.text.lstrip().startswith("{"):
        return ""
    match = _SES_TYPE.search(message.text)
    return match[1] if match else ""


def is_bounce(message: Message) -> bool:
    """Whether a mail reports that another one was not delivered, or not yet.

    A person who passes such a report on, or a list that does, is no bounce: the sender decides together with the words.
    """
    headers = message.headers
    if "x-failed-recipients" in headers:
        return True
    if any(part.type.endswith("/delivery-status") for part in message.parts):
        return True
    path = message.header("return-path").strip().lower()
    null = "return-path" in headers and path in _NULL
    daemon = _from_daemon(message)
    if daemon and (null or message.type == "multipart/report"):
        return True
    if daemon or null:
        return sentences.BOUNCE_SUBJECT.search(message.header("subject")) is not None or (
            daemon and _says_so(message)
        )
    return _is_list_refusal(message) or ses_event(message) == "Bounce"


def _says_so(message: Message) -> bool:
    """Whether the text speaks of a failure; a postmaster's, who may be a person, with a code or the mail beside it."""
    report = divided(message.text)[0][:_LONGEST_REASON]
    if sentences.BOUNCE_TEXT.search(report) is None:
        return False
    senders = message.addresses("from")
    if not senders or not senders[0].address.startswith("postmaster@"):
        return True
    return bool(enhanced_code(report)) or any(
        part.type == "message/rfc822" for part in message.parts
    )


def _from_daemon(message: Message) -> bool:
    senders = message.addresses("from")
    if not senders:
        return message.header("from").strip() == "<>"
    sender = senders[0]
    return (
        _DAEMON.match(sender.address or sender.display.lower()) is not None
        or any(words in sender.display.lower() for words in _DELIVERY)
        or (not sender.address and not sender.display)
    )


def _is_list_refusal(message: Message) -> bool:
    senders = message.addresses("from")
    if not senders or _LIST_SERVER.isdisjoint(senders[0].address.partition("@")[0].split("-")):
        return False
    return any(
        sentences.LIST_REFUSAL.search(text) is not None
        for text in (message.header("subject"), message.text[:600])
    )


def failures(message: Message) -> tuple[Failure, ...]:
    """Whom a bounce concerns, each recipient once; empty where it reports that all went well (`delivered`, `relayed`)."""
    reports = [
        group
        for part in message.parts
        if part.type.endswith("/delivery-status")
        for group in groups(part.content)
    ]
    if not reports and "inal-recipient:" in message.text.lower():
        reports = list(groups(message.text.encode()))
    found = _once(_reported(reports))
    if found:
        return found
    if any(_action(group) in _SUCCESS for group in reports):
        return ()
    if ses_event(message):
        return _once(_from_ses(message.text))
    unnamed = next(
        (enhanced_code(group.get("status", "")) for group in reports if _action(group)), ""
    )
    return _from_text(message, unnamed)


def _once(failures: Iterator[Failure]) -> tuple[Failure, ...]:
    found: dict[str, Failure] = {}
    for failure in failures:
        found.setdefault(failure.recipient, failure)
    return tuple(found.values())


_SUCCESS = frozenset({"delivered", "relayed", "expanded"})


def _action(group: Group) -> str:
    return group.get("action", "").partition(" ")[0].partition("(")[0].strip(";.").lower()


def _reported(reports: list[Group]) -> Iterator[Failure]:
    for group in reports:
        final = address_in(group.get("final-recipient", ""))
        recipient = address_in(group.get("original-recipient", "")) or final  # RFC 3464 §2.3.1
        action = _action(group)
        if not recipient or action in _SUCCESS:
            continue
        diagnosis = group.get("diagnostic-code", "")
        status = enhanced_code(group.get("status", ""))
        if status.endswith(".0.0") or not status:  # "other status": the diagnosis may say more
            better = code_in(diagnosis)
            status = better if better[:1] == status[:1] or not status else status
        severity: Severity = "soft" if action == "delayed" else severity_of(status, diagnosis)
        yield Failure(recipient, severity, status, diagnosis, final if final != recipient else "")


def _from_ses(text: str) -> Iterator[Failure]:
    severity: Severity = "hard" if _SES_PERMANENT.search(text) else "soft"
    for address in _SES_ADDRESS.findall(text):
        recipient = usable(address)
        if recipient:
            yield Failure(recipient, severity, enhanced_code(text))


def _from_text(message: Message, known: str) -> tuple[Failure, ...]:
    """Recipients, codes and words from a report written for people; `known` is a status that a report gave for nobody."""
    report, _ = divided(message.text)
    subject = message.header("subject")
    delayed = bool(sentences.DELAY.search(report) or sentences.DELAY_SUBJECT.search(subject))
    places = _places(message, report)
    found = []
    for index, (recipient, start) in enumerate(places):
        own = report
        if start >= 0 and len(places) > 1:
            end = places[index + 1][1] if index + 1 < len(places) else len(report)
            own = report[start:end]
        elif len(places) > 1:
            own = ""  # the whole report would name the other recipients
        code = known or code_in(own) or code_in(report) or code_in(subject)
        severity: Severity
        if delayed and code[:1] != "5":
            severity = "soft"
        else:
            severity = severity_of(
                code, own[:_LONGEST_REASON] or f"{report[:_LONGEST_REASON]}\n{subject}"
            )
        found.append(Failure(recipient, severity, code, own.strip()[:_LONGEST_REASON]))
    return tuple(found)


def _places(message: Message, report: str) -> list[tuple[str, int]]:
    """The failed recipients with where their part of the report begins (-1: not in it); at least one, perhaps empty."""
    listed = [
        address.address for address in message.addresses("x-failed-recipients") if address.address
    ]
    if listed:
        lower = report.lower()
        # In the order of the report, so that each one's part ends where the next one's begins.
        return sorted(
            ((address, lower.find(address)) for address in dict.fromkeys(listed)),
            key=lambda place: place[1],
        )
    addressed = {address.address for address in message.addresses("to")}
    for pattern in (_MARKED, _LEADING, _COMMANDED, _NAMED, _ANY):
        places = _matches(pattern, report, addressed)
        if places:
            return places
    original = original_of(message)
    if original is not None:
        for name in ("x-failed-recipients", "original-recipient", "to", "cc"):
            found = [
                (address.address, -1) for address in original.addresses(name) if address.address
            ]
            if found:
                return found
    return [("", -1)]


def _matches(pattern: re.Pattern[str], report: str, addressed: set[str]) -> list[tuple[str, int]]:
    found: dict[str, int] = {}
    for match in pattern.finditer(report):
        line_start = report.rfind("\n", 0, match.start(1)) + 1
        address = usable(match[1].rstrip(".,;"))
        if not address or address in addressed or "." not in address.partition("@")[2]:
            continue
        if (
            _SENDER_LINE.match(report, max(line_start, match.start(1) - 30), match.end(1))
            or "FROM:" in report[line_start : match.start(1)].upper()
        ):
            continue
        found.setdefault(address, line_start)
    return list(found.items())
