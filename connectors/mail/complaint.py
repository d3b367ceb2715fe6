"""Feedback reports (RFC 5965): a provider tells that one of its users, or its filter, complained of a mail of ours."""

from __future__ import annotations

import re

from stammkunde.connectors.mail.bounce import ses_event
from stammkunde.connectors.mail.message import Message
from stammkunde.connectors.mail.returned import original_of
from stammkunde.connectors.mail.status import address_in, groups

_SES_COMPLAINANT = re.compile(
    r'"complainedRecipients"\s*:\s*\[[^\]]{0,1000}?"emailAddress"\s*:\s*"([^"]{3,320})"'
)
_JMRP = "x-hmxmroriginalrecipient"
"""Microsoft's Junk Mail Reporting Program forwards the mail alone, with this field added to it."""


def is_complaint(message: Message) -> bool:
    """Whether a mail is a feedback report: RFC 5965, Amazon SES as JSON, or Microsoft's forwarded mail."""
    if (
        message.type == "multipart/report"
        and message.params.get("report-type", "").lower() == "feedback-report"
    ):
        return True
    if any(part.type == "message/feedback-report" for part in message.parts):
        return True
    if _is_bare_forward(message):
        original = original_of(message)
        return original is not None and _JMRP in original.headers
    return ses_event(message) == "Complaint"


def _is_bare_forward(message: Message) -> bool:
    return (
        len(message.parts) == 1 and message.parts[0].type == "message/rfc822" and not message.text
    )


def complaint_of(message: Message) -> tuple[str, str]:
    """Who complained (empty where the report does not say) and the type of feedback (`abuse`, `auth-failure` …)."""
    for part in message.parts:
        if part.type == "message/feedback-report":
            for group in groups(part.content):
                who = address_in(group.get("original-rcpt-to", "")) or address_in(
                    group.get("removal-recipient", "")
                )
                return who or _addressee(message), group.get("feedback-type", "").lower()
    match = _SES_COMPLAINANT.search(message.text)
    if match:
        return address_in(match[1]), "abuse"
    return _addressee(message), "abuse"


def _addressee(message: Message) -> str:
    """To whom the mail had gone that came back: the one who complained, where there was only one."""
    original = original_of(message)
    if original is None:
        return ""
    value = original.header(_JMRP)
    if value:
        return address_in(value)
    found = {address.address for address in original.addresses("to") if address.address}
    return found.pop() if len(found) == 1 else ""
