"""A mail read from its bytes: headers, parts, text, flags, and the keys that must never change."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import compat32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.connectors.mail.charset import decode, decode_words
from stammkunde.connectors.mail.date import read_date
from stammkunde.connectors.mail.headers import media_type, parameters
from stammkunde.connectors.mail.message import attachments_of, item_of, parse, thread_key

HEAD = b"From: Anna Meier <anna.meier@example.com>\nTo: info@muster-velo.example\n"


@pytest.mark.parametrize(
    ("line", "subject"),
    [
        (b"Subject: Offerte E-Bike", "Offerte E-Bike"),
        (b"Subject:ohne Leerschlag", "ohne Leerschlag"),
        (b"SUBJECT : mit Leerschlag davor", "mit Leerschlag davor"),
        (b"Subject: gefaltet\r\n\tund weiter", "gefaltet und weiter"),
        (b"Subject: =?utf-8?Q?Gr=C3=BCezi_mitenand?=", "Grüezi mitenand"),
        (b"Subject: =?iso-8859-1?q?Gr=FCezi?= Anna", "Grüezi Anna"),
        (b"Subject: =?UTF-8?B?R3LDvA==?=\n =?UTF-8?B?ZXpp?=", "Grüezi"),
        (b"Subject: =?utf-8?b?R3LD?= =?utf-8?b?vGV6aQ?=", "Grüezi"),  # a letter cut in two
        (b"Subject: =?unknown-8bit?q?Caf=E9?=", "Café"),
        (b"Subject: =?utf-8*de?q?gr=C3=BCn?=", "grün"),
        (b"Subject: =?windows-1252?q?=80_12?=", "€ 12"),
        (b"Subject: =?utf-8?q?eins=0D=0ABcc:_b@example.com?=", "eins  Bcc: b@example.com"),
        (b"Subject: =?no-such?q?x?= =?utf-8?q?y?=", "xy"),
        (b"Subject: =?utf-8?x?nichts?=", "=?utf-8?x?nichts?="),
        ("Subject: Grüezi".encode(), "Grüezi"),
        ("Subject: Grüezi".encode("latin-1"), "Grüezi"),
        (b"Subject: nu\0ll", "null"),
        (b"Subject:", ""),
    ],
)
def test_a_subject_is_unfolded_decoded_and_repaired(line: bytes, subject: str) -> None:
    assert parse(HEAD + line + b"\n\nText\n").header("subject") == subject


@pytest.mark.parametrize(
    ("charset", "raw", "text"),
    [
        ("utf-8", "Zürich".encode(), "Zürich"),
        ("utf-8", "Zürich".encode("latin-1"), "Zürich"),  # declared wrongly
        ("us-ascii", "Zürich".encode(), "Zürich"),
        ("iso-8859-1", b"\x80 5", "€ 5"),
        ("", b"\x81\x8d", "\x81\x8d"),  # no letter of Windows-1252
        ("unknown-8bit", b"caf\xe9", "café"),
        ("x-unknown", b"caf\xe9", "café"),
        ("iso-8859-8-i", b"\xf9\xec\xe5\xed", "שלום"),
        ("gb2312", "中文".encode("gb18030"), "中文"),
        ("ks_c_5601-1987", "한국".encode("cp949"), "한국"),
        ("iso-2022-jp", "日本".encode("iso2022_jp"), "日本"),
        ("windows-1251", "Москва".encode("cp1251"), "Москва"),
        ("utf-7", b"+2AA-", "\N{REPLACEMENT CHARACTER}"),
        ("punycode", b"a-", "a-"),
        ("unicode_escape", b"\\ud800", "\\ud800"),
        ("hex", b"6162", "6162"),
        ("utf-16", b"a", "a"),
        ("\0", b"a\0b", "ab"),
    ],
)
def test_bytes_become_text_as_declared_else_as_they_can(
    charset: str, raw: bytes, text: str
) -> None:
    assert decode(raw, charset) == text


@given(st.binary(), st.text(max_size=20))
def test_any_bytes_in_any_charset_become_storable_text(raw: bytes, charset: str) -> None:
    text = decode(raw, charset)
    assert "\0" not in text
    text.encode("utf-8")


@given(st.text(st.characters(codec="ascii")))
def test_words_never_break_a_line(text: str) -> None:
    decoded = decode_words(f"=?utf-8?q?{text}?=".replace("\n", "").replace("\r", ""))
    assert "\n" not in decoded


@pytest.mark.parametrize(
    ("value", "date"),
    [
        (
            "Fri, 20 Nov 2026 11:52:03 +0100",
            datetime(2026, 11, 20, 11, 52, 3, tzinfo=timezone(timedelta(hours=1))),
        ),
        ("20 Nov 2026 11:52 -0000", datetime(2026, 11, 20, 11, 52, tzinfo=UTC)),
        (
            "Fri, 20 Nov 2026 11:52:03 +0100 (CET)",
            datetime(2026, 11, 20, 11, 52, 3, tzinfo=timezone(timedelta(hours=1))),
        ),
        ("Fri, 20 Nov 2026 11:52:03 GMT", datetime(2026, 11, 20, 11, 52, 3, tzinfo=UTC)),
        (
            "Fri, 20 Nov 2026 11:52:03 MESZ",
            datetime(2026, 11, 20, 11, 52, 3, tzinfo=timezone(timedelta(hours=2))),
        ),
        (
            "Fri, 20 Nov 2026 11:52:03 EST",
            datetime(2026, 11, 20, 11, 52, 3, tzinfo=timezone(timedelta(hours=-5))),
        ),
        ("Fri, 20 Nov 2026 11:52:03", datetime(2026, 11, 20, 11, 52, 3)),  # noqa: DTZ001
        ("Fri, 20 Nov 2026 11:52:03 XYZ", datetime(2026, 11, 20, 11, 52, 3)),  # noqa: DTZ001
        ("Fri, 20 Nov 2026 11:52:03 +9900", datetime(2026, 11, 20, 11, 52, 3)),  # noqa: DTZ001
        (
            "Tue, 10 Aug 102 11:36:20 -0400",
            datetime(2002, 8, 10, 11, 36, 20, tzinfo=timezone(timedelta(hours=-4))),
        ),
        ("Tue, 31 Dec 2026 23:59:60 +0000", datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("Tue, 32 Dec 2026 23:59:00 +0000", None),
        ("gestern", None),
        ("", None),
    ],
)
def test_a_date_is_read_literally(value: str, date: datetime | None) -> None:
    read = read_date(value)[0]
    assert read == date
    assert (read and read.utcoffset()) == (date and date.utcoffset())


@pytest.mark.parametrize(
    ("value", "kind", "params"),
    [
        ("text/plain", "text/plain", {}),
        ("Text/HTML; Charset=UTF-8", "text/html", {"charset": "UTF-8"}),
        ('multipart/mixed; boundary="a;b"', "multipart/mixed", {"boundary": "a;b"}),
        ('a/b; name="x\\"y"', "a/b", {"name": 'x"y'}),
        ("a/b; name*=utf-8''Gr%C3%BCn.pdf", "a/b", {"name": "Grün.pdf"}),
        ("a/b; name*0=eins; name*1=zwei", "a/b", {"name": "einszwei"}),
        ("text", "text/plain", {}),
        ("", "text/plain", {}),
        ("a/b; x=1; x=2", "a/b", {"x": "1"}),
    ],
)
def test_a_content_type_has_kind_and_parameters(
    value: str, kind: str, params: dict[str, str]
) -> None:
    assert (media_type(value), parameters(value)) == (kind, params)


def mixed(*parts: bytes, kind: bytes = b"mixed", end: bytes = b"\n--b--\n") -> bytes:
    body = b"".join(b"\n--b\n" + part for part in parts)
    return HEAD + b"Content-Type: multipart/" + kind + b"; boundary=b\n\nPreamble" + body + end


PLAIN = b"Content-Type: text/plain\n\nDanke"
HTML = b"Content-Type: text/html\n\n<p>Danke <b>sehr</b>"
PDF = (
    b'Content-Type: application/pdf; name="a.pdf"\nContent-Disposition: attachment\n'
    b"Content-Transfer-Encoding: base64\n\nJVBERi0xLjQK\nJVBERi0xLjQK"
)


@pytest.mark.parametrize(
    ("raw", "text", "flags"),
    [
        (HEAD + b"\nDanke\n", "Danke", ()),
        (HEAD + b"Content-Transfer-Encoding: base64\n\nRGFua2U\n", "Danke", ()),
        (HEAD + b"Content-Transfer-Encoding: QUOTED-PRINTABLE\n\nDan=\nke\n", "Danke", ()),
        (mixed(PLAIN, HTML, kind=b"alternative"), "Danke", ()),
        (mixed(b"Content-Type: text/plain\n\n \n", HTML), "Danke sehr", ("html_only",)),
        (mixed(HTML, PDF, kind=b"related"), "Danke sehr", ("html_only",)),
        (mixed(PLAIN, PDF, PLAIN), "Danke\n\nDanke", ()),  # Apple Mail writes around a picture
        (mixed(PLAIN, b"Content-Disposition: attachment\n\nnein"), "Danke", ()),
        (mixed(b"Content-Type: text/plain; name=a.txt\n\nDanke", PDF), "Danke", ()),
        (mixed(PLAIN, PLAIN, kind=b"report; report-type=delivery-status"), "Danke", ()),
        (mixed(PLAIN, kind=b"signed"), "Danke", ("signed",)),
        (mixed(PLAIN, kind=b"encrypted"), "", ("encrypted",)),
        (HEAD + b"Content-Type: application/pkcs7-mime\n\nx", "", ("encrypted",)),
        (HEAD + b"\n-----BEGIN PGP MESSAGE-----\nx\n", "", ("encrypted",)),
        (mixed(PLAIN, end=b"\n"), "Danke", ("broken_mime",)),
        (mixed(PLAIN, end=b""), "Danke", ("broken_mime",)),
        (HEAD + b"Content-Type: multipart/mixed\n\nDanke", "Danke", ("broken_mime",)),
        (HEAD + b"Content-Type: multipart/mixed; boundary=x\n\nDanke", "Danke", ("broken_mime",)),
        (HEAD + b"keine Kopfzeile\nDanke", "keine Kopfzeile\nDanke", ("broken_mime",)),
        (HEAD, "", ()),
        (b"", "", ()),
    ],
)
def test_text_is_what_a_reader_sees_first(raw: bytes, text: str, flags: tuple[str, ...]) -> None:
    for variant in (raw, raw.replace(b"\n", b"\r\n")):
        message = parse(variant)
        assert (message.text, message.flags) == (text, flags)


def test_parts_are_leaves_with_their_decoded_size() -> None:
    message = parse(mixed(PLAIN, PDF, b"Content-Type: message/rfc822\n\n" + HEAD + b"\nAlt"))
    assert [(part.type, part.name, part.size, part.disposition) for part in message.parts] == [
        ("text/plain", "", 5, ""),
        ("application/pdf", "a.pdf", 18, "attachment"),
        ("message/rfc822", "", len(HEAD) + 4, ""),
    ]
    assert message.parts[1].content == b""
    assert parse(message.parts[2].content).text == "Alt"
    assert [(a.name, a.type, a.size) for a in attachments_of(message)] == [
        ("a.pdf", "application/pdf", 18),
        ("", "message/rfc822", len(HEAD) + 4),
    ]


@pytest.mark.parametrize(
    ("field", "name"),
    [
        (b'Content-Disposition: attachment; filename="Offerte 1.pdf"', "Offerte 1.pdf"),
        (
            b"Content-Disposition: attachment; filename*=utf-8''Offerte%20%C3%BC.pdf",
            "Offerte ü.pdf",
        ),
        (b'Content-Disposition: attachment; filename="=?utf-8?q?=C3=BC?=.pdf"', "ü.pdf"),
        ('Content-Disposition: attachment; filename="ü.pdf"'.encode(), "ü.pdf"),
        (b'Content-Disposition: attachment; filename="..\\\\..\\\\x.pdf"', "x.pdf"),
        (b'Content-Disposition: attachment; filename="/etc/x.pdf"', "x.pdf"),
        (b"Content-Disposition: attachment", ""),
    ],
)
def test_an_attachment_has_the_name_that_its_sender_saw(field: bytes, name: str) -> None:
    message = parse(mixed(PLAIN, b"Content-Type: application/pdf\n" + field + b"\n\nx"))
    assert message.parts[1].name == name


# Frozen for ever: a mail whose key changed would be recorded a second time.
GOLDEN = [
    (
        b"Message-ID: <1@mail.example>\nDate: Fri, 20 Nov 2026 11:52:03 +0100\n\nx",
        "1@mail.example\nFri, 20 Nov 2026 11:52:03 +0100",
        1795171923000,
    ),
    (
        b"message-id:\r\n <1@mail.example>\r\ndate:  Fri, 20 Nov 2026\r\n 11:52:03 +0100\r\n\r\nx",
        "1@mail.example\nFri, 20 Nov 2026 11:52:03 +0100",
        1795171923000,
    ),
    (
        b"Message-ID: no-angles@mail.example\nDate: 20 Nov 2026 11:52 +0000\n\n",
        "no-angles@mail.example\n20 Nov 2026 11:52 +0000",
        1795175520000,
    ),
    (
        b"Message-ID: <\xfc@mail.example>\nDate: Freitag\n\n",
        "\xfc@mail.example\nFreitag",
        0,
    ),
    (
        b"Message-ID: <2@mail.example>\nDate: Fri, 20 Nov 2026 11:52:03 GMT\n\n",
        "2@mail.example\nFri, 20 Nov 2026 11:52:03 GMT",
        0,
    ),
    (
        b"Message-ID: <3@mail.example>\nDate: Mon, 01 Jan 1601 00:00:00 +0000\n\n",
        "3@mail.example\nMon, 01 Jan 1601 00:00:00 +0000",
        0,
    ),
    (
        b"From: =?utf-8?q?Anna?= <a@example.com>\nTo: b@example.com\nSubject: Hallo\n  Velo\n"
        b"Date: Fri, 20 Nov 2026 11:52:03 +0100\n\nGuten Tag\n",
        "\nFri, 20 Nov 2026 11:52:03 +0100\n2a28d28f00d152cac2a20356c0d68f510c5b4f09fba3fe6d85fa1378eb738194",
        1795171923000,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "key", "time_ms"), GOLDEN)
def test_the_natural_key_is_frozen(raw: bytes, key: str, time_ms: int) -> None:
    item = item_of(parse(raw))
    assert (item.key, item.time_ms) == (key, time_ms)


def test_without_message_id_the_key_is_the_same_from_imap_and_mbox() -> None:
    imap = HEAD.replace(b"\n", b"\r\n") + b"\r\nGuten Tag\r\nFrom here\r\n\r\n"
    mbox = HEAD + b"\nGuten Tag\n>From here\n"
    other = HEAD + b"\nGuten Abend\n"
    assert item_of(parse(imap)) == item_of(parse(mbox))
    assert item_of(parse(imap)) != item_of(parse(other))


@pytest.mark.parametrize(
    ("head", "thread"),
    [
        (b"References: <1@a.example>\n <2@a.example>\nIn-Reply-To: <2@a.example>", "1@a.example"),
        (b"In-Reply-To: Your mail of Monday <2@a.example>", "2@a.example"),
        (b"In-Reply-To: Your mail of Monday\nMessage-ID: <3@a.example>", "3@a.example"),
        (b"Message-ID: <3@a.example>", "3@a.example"),
        (b"Message-ID: 3@a.example", "3@a.example"),
        (b"References: <1@a.\n example>", "1@a.example"),
        (b"Subject: nichts", ""),
    ],
)
def test_a_thread_is_named_by_its_first_mail(head: bytes, thread: str) -> None:
    assert thread_key(parse(head + b"\n\n")) == thread


PIECES = st.sampled_from(
    [
        b"From: a@example.com\n", b"Subject: =?utf-8?q?x?=\n", b"\n", b"\r\n", b"--b\n", b"--b--\n", b"--c\n", b"--c--",
        b"Content-Type: multipart/mixed; boundary=b\n", b'Content-Type: multipart/alternative; boundary="c"\n',
        b"Content-Type: multipart/report; boundary=b\n", b"Content-Type: message/rfc822\n", b"text\n", b">From x\n",
        b"Content-Type: text/html; charset=utf-7\n", b"Content-Transfer-Encoding: base64\n", b"Content-Type:;;=\n",
        b"Content-Transfer-Encoding: x-uuencode\n", b"Date: Fri, 32 Nov 0 99:99:99 +9999\n", b"\tx", b" : y\n",
        b"Content-Disposition: attachment; filename*0*=x'y'%z\n", b"\xff\xfe", b"\0", b"<div>", b"begin 6 x\n", b"=",
        b"Content-Type: multipart/digest; boundary=b\n", b"From nobody Fri\n", b"Content-Type: message/delivery-status\n",
    ]
)  # fmt: skip


@given(st.one_of(st.binary(max_size=300), st.lists(PIECES, max_size=25).map(b"".join)))
def test_no_bytes_whatever_raise(raw: bytes) -> None:
    message = parse(raw)
    message.addresses("from")
    thread_key(message)
    attachments_of(message)
    values = [value for values in message.headers.values() for value in values]
    for text in (message.text, message.raw_date, item_of(message).key, *values):
        assert "\0" not in text
        text.encode("utf-8")


@given(
    st.lists(
        st.tuples(st.sampled_from(["plain", "html"]), st.sampled_from(["7bit", "base64", "quoted-printable"]),
                  st.text(st.characters(codec="ascii", categories=("L", "N", "Zs")), max_size=60)),
        min_size=1, max_size=4,
    ),
    st.booleans(),
)  # fmt: skip
def test_parts_agree_with_the_standard_library(
    bodies: list[tuple[str, str, str]],
    nested: bool,
) -> None:
    mail = EmailMessage()
    mail["From"] = "a@example.com"
    mail.make_mixed()
    for subtype, encoding, text in bodies:
        part = EmailMessage()
        part.set_content(text, subtype=subtype, cte=encoding)
        if nested:
            part.make_alternative()
        mail.attach(part)
    raw = mail.as_bytes()
    standard = [
        (part.get_content_type(), part.get_payload(decode=True))
        for part in message_from_bytes(raw, policy=compat32).walk()
        if not part.is_multipart()
    ]
    message = parse(raw)
    assert [(part.type, part.content) for part in message.parts] == standard
    assert message.flags in ((), ("html_only",))


def test_a_base64_size_is_counted_exactly() -> None:
    for length in range(1, 200, 7):
        content = base64.encodebytes(bytes(length))
        part = b"Content-Type: image/png\nContent-Transfer-Encoding: base64\n\n" + content
        assert parse(mixed(part)).parts[0].size == length
