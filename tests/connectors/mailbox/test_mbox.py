"""Where a mail begins and ends in an mbox."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.connectors.mail.message import MAX_SIZE
from stammkunde.connectors.mailbox.mbox import mbox_mails
from tests.connectors.mailbox.samples import DATED, mail


def split(raw: bytes) -> list[tuple[int, bytes]]:
    return list(mbox_mails(io.BytesIO(raw)))


@pytest.mark.parametrize(
    ("raw", "bodies"),
    [
        (b"", []),
        (b"\n\n", []),
        (DATED + b"A: b\n\neins\n", [b"A: b\n\neins\n"]),
        (DATED + b"A: b\n\neins\n\n" + DATED + b"A: c\n", [b"A: b\n\neins\n", b"A: c\n"]),
        (DATED + b"A: b\n\neins\n" + DATED + b"A: c\n", [b"A: b\n\neins\n", b"A: c\n"]),
        (b"\n" + DATED + b"A: b\n", [b"A: b\n"]),
        (b"From - Fri Nov 20 11:52:03 2026\nA: b\n", [b"A: b\n"]),
        (b"From 17@xxx Fri Nov 20 11:52:03 +0000 2026\r\nA: b\r\n\r\nx\r\n\r\n", [b"A: b\r\n\r\nx\r\n"]),
        (DATED + b"A: b\n\n\nFrom \nC: d\n", [b"A: b\n\n", b"C: d\n"]),
        (DATED + b"A: b\n\nx\n\nFrom here on\nit is text\n", [b"A: b\n\nx\n\nFrom here on\nit is text\n"]),
        (DATED + b"A: b\n\nx\nFrom here: on\n", [b"A: b\n\nx\nFrom here: on\n"]),
        (DATED + b"A: b\n\n>From me\n>>From you\n> From us\n", [b"A: b\n\nFrom me\n>From you\n> From us\n"]),
        (b"A: b\n\nx\n\n" + DATED + b"C: d\n", [b"A: b\n\nx\n", b"C: d\n"]),
        (DATED + b"A: b\n\ncut off her", [b"A: b\n\ncut off her"]),
        (DATED + DATED + b"A: b\n", [b"A: b\n"]),
    ],
)  # fmt: skip
def test_an_mbox_is_split_where_a_mail_begins(raw: bytes, bodies: list[bytes]) -> None:
    assert [content for _, content in split(raw)] == bodies


def test_an_mbox_tells_where_a_mail_stood() -> None:
    raw = DATED + b"A: b\n\nx\n\n" + DATED + b"C: d\n"
    assert [raw[offset : offset + 5] for offset, _ in split(raw)] == [b"From ", b"From "]


@given(
    st.lists(st.sampled_from([DATED, b"A: b\n", b"\n", b"x\n", b">From y\n", b"From z\n", b"q"]))
)
def test_every_line_of_an_mbox_is_in_a_mail(lines: list[bytes]) -> None:
    raw = b"".join(lines)
    kept = b"".join(content for _, content in split(raw))
    assert kept.count(b"x\n") == raw.count(b"x\n")
    assert kept.count(b"q") == raw.count(b"q")


def test_of_an_endless_mail_the_beginning_is_kept_and_the_next_one_is_read() -> None:
    raw = DATED + mail(1) + (b"x" * 63 + b"\n") * (MAX_SIZE >> 5) + b"\n" + DATED + mail(2)
    first, second = split(raw)
    assert MAX_SIZE < len(first[1]) < MAX_SIZE + (2 << 20)
    assert second[1] == mail(2)
