"""Mails as they lie in the box and among the sent ones: each in the manner of the program that wrote it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC
from email.utils import format_datetime

from stammkunde.app.demo import house, mime, words
from stammkunde.app.demo.diary import Mail
from stammkunde.app.demo.mime import Headers
from stammkunde.app.demo.orders import notification

_AGENTS = {
    "thunder": ("User-Agent", "Mozilla Thunderbird"),
    "outlook": ("X-Mailer", "Microsoft Outlook 16.0"),
    "apple": ("X-Mailer", "Apple Mail (2.3826.300.87)"),
    "phone": ("X-Mailer", "iPhone Mail (23B82)"),
    "web": ("User-Agent", "Roundcube Webmail/1.6.11"),
}
_OUR_HOST = f"mail.{house.DOMAIN}"


def inbox(mails: Iterable[Mail]) -> bytes:
    """An mbox of what came in, in the order of time."""
    return b"".join(
        mime.mbox_entry(_envelope(mail), mail.at.astimezone(UTC), _KINDS[mail.kind](mail))
        for mail in mails
        if mail.incoming
    )


def sent(mails: Iterable[Mail]) -> bytes:
    """An mbox of what we wrote."""
    return b"".join(
        mime.mbox_entry(house.INFO, mail.at.astimezone(UTC), _message(mail))
        for mail in mails
        if not mail.incoming
    )


def message_id(mail: Mail) -> str:
    """`<m000123.1795449816@bergpost.example>`."""
    host = house.DOMAIN
    if mail.kind == "bounce":
        host = _OUR_HOST
    elif mail.incoming and mail.kind not in ("form", "notification", "internal"):
        host = mail.address.rpartition("@")[2]
    return f"<m{mail.number:06}.{int(mail.at.timestamp())}@{host}>"


def date(mail: Mail) -> str:
    """The Date header; webmail writes UTC."""
    web = mail.incoming and mail.who is not None and mail.who.client == "web"
    return format_datetime(mail.at.astimezone(UTC if web else house.ZONE))


# ---- header lines


def _envelope(mail: Mail) -> str:
    if mail.kind in ("bounce", "torn"):
        return "MAILER-DAEMON"
    if mail.kind in ("form", "notification"):
        return f"shop@{house.DOMAIN}"
    return mail.us.mail if mail.kind == "internal" else mail.address


def _arrival(mail: Mail) -> Headers:
    """What our server adds on top of a mail from outside (RFC 5321 §4.4)."""
    host = _envelope(mail).rpartition("@")[2] if mail.kind != "bounce" else _OUR_HOST
    back = "" if mail.kind in ("bounce", "away") else _envelope(mail)
    return [
        ("Return-Path", f"<{back}>"),
        ("Delivered-To", house.INFO),
        (
            "Received",
            f"from mx.{host} (mx.{host} [192.0.2.{mail.number % 250 + 1}])\n by {_OUR_HOST} with ESMTPS id {mail.number:06X}\n"
            f" for <{house.INFO}>; {format_datetime(mail.at.astimezone(UTC))}",
        ),
    ]


def _identity(mail: Mail, sender: str, to: str, subject: str = "") -> Headers:
    return [
        ("Message-ID", message_id(mail)),
        ("Date", date(mail)),
        ("From", sender),
        ("To", to),
        ("Subject", subject or mail.subject),
    ]


def _thread(mail: Mail) -> Headers:
    """In-Reply-To and References (RFC 5322 §3.6.4)."""
    if mail.parent is None:
        return []
    chain, at = [], mail.parent
    while at is not None:
        chain.append(message_id(at))
        at = at.parent  # type: ignore[assignment]
    return [("In-Reply-To", chain[0]), ("References", "\n ".join(chain[::-1]))]


def _named(mail: Mail) -> str:
    """The counterpart with his display name; a family's and a firm's box have their own."""
    who, address = mail.who, mail.address
    if who is None:
        return address
    local = address.partition("@")[0]
    if local.startswith("familie"):
        return mime.mailbox(f"Familie {who.family}", address)
    if local == "bestellung":
        return mime.mailbox(who.company, address)
    return mime.mailbox(
        f"{who.family}, {who.given}" if who.client == "outlook" else who.name, address
    )


def _us(mail: Mail) -> str:
    return mime.mailbox(f"{mail.us.name}, Muster Velo", house.INFO)


# ---- a person's mail


def _message(mail: Mail) -> bytes:
    client = mail.who.client if mail.incoming and mail.who else "thunder"
    if mail.incoming:
        headers = [*_arrival(mail), *_identity(mail, _named(mail), house.INFO)]
    else:
        headers = _identity(mail, _us(mail), _named(mail))
        if mail.also:
            copies = (mime.mailbox(person.name, address) for address, person in mail.also)
            headers.append(("Cc", ",\n ".join(copies)))
    headers += [*_thread(mail), _AGENTS[client]]
    return mime.message(headers, _body(mail, client))


def _body(mail: Mail, client: str) -> bytes:
    text = mail.text
    if mail.parent is not None:
        quote = _original if client == "outlook" else _quote
        text = f"{text}\n\n{quote(mail.parent, mail.language)}"
    text += "\n"
    boundary = f"=_velo_{mail.number:06}"
    if client in ("outlook", "web"):
        charset, encoding = (
            ("windows-1252", "quoted-printable") if client == "outlook" else ("utf-8", "base64")
        )
        plain = mime.text_part(text, "plain", encoding, charset)
        rich = mime.text_part(mime.as_html(text), "html", encoding, charset)
        return mime.multipart("alternative", boundary, (plain, rich))
    encoding = {"apple": "quoted-printable", "phone": "base64"}.get(client, "8bit")
    plain = mime.text_part(text, "plain", encoding)
    if not mail.attachment:
        return plain
    return mime.multipart(
        "mixed", boundary, (plain, mime.file_part(mail.attachment, "application/pdf", mime.PDF))
    )


def _quote(parent: Mail, language: str) -> str:
    """`Am 19.11.2026 um 14:03 schrieb …:` and the lines behind `>`, the earlier mail's own quotes left out."""
    line = words.WROTE[language].format(
        date=f"{parent.at:%d.%m.%Y}", time=f"{parent.at:%H:%M}", name=_writer(parent)
    )
    return "\n".join((line, *(f"> {row}".rstrip() for row in parent.text.split("\n"))))


def _original(parent: Mail, language: str) -> str:
    """A block of headers above the whole mail, as Outlook does it."""
    title, sender, when, to, subject = words.ORIGINAL[language]
    receiver = house.INFO if parent.incoming else parent.address
    return (
        f"-----{title}-----\n{sender}: {_writer(parent)}\n{when}: {parent.at:%d.%m.%Y %H:%M}\n{to}: {receiver}\n"
        f"{subject}: {parent.subject}\n\n{parent.text}"
    )


def _writer(mail: Mail) -> str:
    return mail.who.name if mail.incoming and mail.who else f"{mail.us.name}, Muster Velo"


# ---- what no person wrote to us


def _away(mail: Mail) -> bytes:
    """An answer of a machine (RFC 3834)."""
    headers = [
        *_arrival(mail), *_identity(mail, _named(mail), house.INFO), *_thread(mail), ("Auto-Submitted", "auto-replied"),
        ("X-Auto-Response-Suppress", "All"),
    ]  # fmt: skip
    return mime.message(headers, mime.text_part(f"{mail.text}\n", "plain", "quoted-printable"))


def _bounce(mail: Mail) -> bytes:
    """A delivery status notification (RFC 3464) with the headers of the mail that came back."""
    ours = mail.parent
    assert ours is not None  # noqa: S101 (nothing else bounces)
    headers = [
        *_arrival(mail),
        *_identity(
            mail, mime.mailbox("Mail Delivery System", f"MAILER-DAEMON@{_OUR_HOST}"), house.INFO
        ),
        ("Auto-Submitted", "auto-replied"),
    ]
    host = mail.address.rpartition("@")[2]
    said = f"550 5.1.1 <{mail.address}>: Recipient address rejected: User unknown"
    told = f"This is the mail system at host {_OUR_HOST}.\n\nYour message could not be delivered.\n\n<{mail.address}>: host mx.{host} said: {said}\n"
    status = (
        f"Content-Type: message/delivery-status\n\nReporting-MTA: dns; {_OUR_HOST}\nArrival-Date: {date(ours)}\n\n"
        f"Final-Recipient: rfc822; {mail.address}\nAction: failed\nStatus: 5.1.1\nRemote-MTA: dns; mx.{host}\n"
        f"Diagnostic-Code: smtp; {said}\n"
    )
    returned = "".join(
        mime.header(*one) for one in (*_identity(ours, _us(ours), _named(ours)), *_thread(ours))
    )
    parts = (
        mime.text_part(told, "plain", "8bit"),
        status.encode(),
        f"Content-Type: text/rfc822-headers\n\n{returned}".encode(),
    )
    boundary = f"{mail.number:06X}.{_OUR_HOST}"
    return mime.message(
        headers, mime.multipart("report; report-type=delivery-status", boundary, parts)
    )


def _newsletter(mail: Mail) -> bytes:
    """A mailing with all that RFC 2919, 2369 and 8058 ask for."""
    domain = mail.address.rpartition("@")[2]
    sender = next(name for name, host, *_ in words.NEWSLETTERS if host == domain)
    leave = f"https://{domain}/abmelden/{mail.number}"
    headers = [
        *_arrival(mail),
        *_identity(mail, mime.mailbox(sender, mail.address), house.INFO),
        ("List-Id", f"<news.{domain}>"),
        ("List-Unsubscribe", f"<{leave}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("Precedence", "bulk"),
        ("Feedback-ID", f"{mail.number}:news:{domain}"),
    ]
    text = words.NEWS[mail.language].format(mail.subject, leave)
    parts = (
        mime.text_part(f"{text}\n", "plain", "quoted-printable"),
        mime.text_part(mime.as_html(text), "html", "quoted-printable"),
    )
    return mime.message(headers, mime.multipart("alternative", f"=_news_{mail.number:06}", parts))


def _spam(mail: Mail) -> bytes:
    headers = [
        *_arrival(mail), ("X-Spam-Flag", "YES"), ("X-Spam-Status", "Yes, score=17.3 required=5.0"),
        *_identity(mail, mail.address, house.INFO),
    ]  # fmt: skip
    return mime.message(headers, mime.text_part(f"{mail.text}\n", "plain", "8bit"))


def _form(mail: Mail) -> bytes:
    """A form on our site: it comes from ourselves, the visitor stands in Reply-To."""
    who = mail.who
    assert who is not None  # noqa: S101 (somebody filled it in)
    headers = [
        *_arrival(mail),
        *_identity(mail, mime.mailbox("Muster Velo Website", f"shop@{house.DOMAIN}"), house.INFO),
        ("Reply-To", mime.mailbox(who.name, mail.address)),
        ("X-Mailer", "WPMailSMTP/Mailer/smtp 4.6.0"),
    ]
    text = (
        f"Von: {who.name} <{mail.address}>\nBetreff: {mail.subject}\n\nNachrichtentext:\n{mail.text}\n\n"
        f"-- \nDiese E-Mail wurde von einem Kontaktformular von {house.NAME} (https://{house.DOMAIN}) gesendet\n"
    )
    return mime.message(headers, mime.text_part(text, "plain", "8bit"))


def _notification(mail: Mail) -> bytes:
    order, who = mail.order, mail.who
    assert order is not None and who is not None  # noqa: S101, PT018 (the shop writes of an order)
    subject, html = notification(order)
    headers = [
        *_arrival(mail),
        *_identity(mail, mime.mailbox(house.NAME, f"shop@{house.DOMAIN}"), house.INFO, subject),
        ("Reply-To", mime.mailbox(who.name, mail.address)),
        ("X-Mailer", "PHPMailer 6.9.3 (https://github.com/PHPMailer/PHPMailer)"),
    ]
    return mime.message(headers, mime.text_part(html, "html", "quoted-printable"))


def _internal(mail: Mail) -> bytes:
    headers = _identity(mail, mime.mailbox(mail.us.name, mail.us.mail), house.INFO)
    return mime.message(headers, mime.text_part(f"{mail.text}\n", "plain", "8bit"))


def _torn(mail: Mail) -> bytes:
    """The end of a mail whose beginning was lost when a disk was full: no header tells what it is."""
    return "\n".join(mail.text.split("\n")[1:]).encode() + b"\n"


_KINDS: dict[str, Callable[[Mail], bytes]] = {
    "message": _message,
    "away": _away,
    "bounce": _bounce,
    "newsletter": _newsletter,
    "spam": _spam,
    "form": _form,
    "notification": _notification,
    "internal": _internal,
    "torn": _torn,
}
