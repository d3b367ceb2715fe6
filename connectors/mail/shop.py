"""Mails that our own web shop writes of an order: the shop's connector tells the same, and better."""

from __future__ import annotations

import re

from stammkunde.connectors.mail.automatic import auto_submitted
from stammkunde.connectors.mail.message import Message
from stammkunde.connectors.mail.robots import is_robot, is_script

IGNORED = "shop notification"

_NUMBER = (
    r"[^\n]{0,60}?(?:#|nr\.? ?|no\.? ?|n[°º.] ?|num[ée]ro |numero |number )?[a-z]{0,3}-?\d{2,}"
)
_SUBJECT = re.compile(
    rf"(?:\[[^\]]{{1,60}}\]:? ?)?[^\n]{{0,60}}?\b(?:bestell(?:ung|nummer|best[äa]tigung)|auftrag(?:sbest[äa]tigung)?|order|commande|ordine|"
    rf"ordinazione|versandbest[äa]tigung|exp[ée]dition|spedizione)\b{_NUMBER}"
    r"|[^\n]{0,60}\b(?:ihre|deine|votre|il tuo|la tua|your)\b[^\n]{0,40}\b(?:bestellung|commande|ordine|order)\b[^\n]{0,40}"
    r"\b(?:bei|von|auf|eingegangen|erhalten|versandt|storniert|abgeschlossen|chez|sur|re[çc]ue|exp[ée]di[ée]e|su|ricevuto|spedito|from|at|received|shipped|complete)",
    re.IGNORECASE,
)  # fmt: skip
_REPLY = re.compile(r"\s*(?:re|aw|antw|sv|fwd?|wg|tr|rif|i)\s?:", re.IGNORECASE)
_PROGRAM = re.compile(
    r"woocommerce|wordpress|phpmailer|prestashop|shopware|magento|swiftmailer|symfony|laravel|nodemailer|shopify|opencart|oxid|gambio|jtl|xt:?commerce"
    r"|\bphp\b",
    re.IGNORECASE,
)
_FIELDS = ("x-mailer", "user-agent", "x-php-originating-script", "x-php-script", "x-generator")
_SHOP_FIELDS = re.compile(r"x-(?:wc|woocommerce|shopify|shopware|magento|prestashop|order)(?:-|$)")
_MARKUP = (
    b"woocommerce",
    b"wc-order",
    b"prestashop",
    b"shopware",
    b"order_items",
    b'id="template_container"',
)
_SAMPLE = 20_000


def is_shop_notification(message: Message, sender: str, *, from_shop: bool) -> bool:
    """Whether our own shop wrote of an order; only where both the subject and a sign of a program say so.

    The same words in a person's mail from our desk (an answer, or without any sign of a program) are a message.
    `from_shop` says that the sender's address is one of the shop's own, by the settings.
    """
    subject = message.header("subject")
    if "in-reply-to" in message.headers or "references" in message.headers or _REPLY.match(subject):
        return False
    if not _SUBJECT.match(subject):
        return False
    return (
        from_shop
        or is_robot(sender)
        or is_script(message)
        or bool(auto_submitted(message))
        or _by_program(message)
    )


def _by_program(message: Message) -> bool:
    if any(_PROGRAM.search(message.header(name)) for name in _FIELDS if name in message.headers):
        return True
    if any(_SHOP_FIELDS.match(name) for name in message.headers):
        return True
    return any(
        mark in part.content[:_SAMPLE]
        for part in message.parts
        if part.type == "text/html"
        for mark in _MARKUP
    )
