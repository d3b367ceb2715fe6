"""The addresses of a header as real mail writes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.connectors.mail.addresses import address_list
from stammkunde.connectors.mail.message import parse


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("anna@example.com", [("", "anna@example.com")]),
        ("Anna Meier <Anna.Meier@Example.com>", [("Anna Meier", "anna.meier@example.com")]),
        ('"Meier, Anna" <anna@example.com>', [("Meier, Anna", "anna@example.com")]),
        ('"Anna \\"Änni\\" M." <a@example.com>', [('Anna "Änni" M.', "a@example.com")]),
        ("anna@example.com (Anna Meier)", [("Anna Meier", "anna@example.com")]),
        ("Anna (Bau AG) <a@example.com>", [("Anna", "a@example.com")]),
        ("=?utf-8?q?Meier=2C_Anna?= <a@example.com>", [("Meier, Anna", "a@example.com")]),
        ("<a@example.com>", [("", "a@example.com")]),
        ("a@example.com, b@example.com", [("", "a@example.com"), ("", "b@example.com")]),
        ("A <a@example.com>, B <b@example.com>,", [("A", "a@example.com"), ("B", "b@example.com")]),
        ("a@example.com; b@example.com", [("", "a@example.com"), ("", "b@example.com")]),
        ("A <a@example.com> B <b@example.com>", [("A", "a@example.com"), ("B", "b@example.com")]),
        ("a@example.com b@example.com", [("", "a@example.com"), ("", "b@example.com")]),
        (
            "Team: A <a@example.com>, b@example.com;",
            [("A", "a@example.com"), ("", "b@example.com")],
        ),
        ("undisclosed-recipients:;", []),
        ("Undisclosed recipients: ;", []),
        ("", []),
        (" , ,", []),
        ("<>", [("", "")]),
        ("MAILER-DAEMON", [("MAILER-DAEMON", "")]),
        ("Mail Delivery System <MAILER-DAEMON>", [("Mail Delivery System", "")]),
        ("<@relay.example,@b.example:a@example.com>", [("", "a@example.com")]),
        ("<mailto:a@example.com>", [("", "a@example.com")]),
        ("mailto:a@example.com", [("", "a@example.com")]),
        ("'a@example.com' <a@example.com>", [("'a@example.com'", "a@example.com")]),
        ("Anna < a@ example.com >", [("Anna", "a@example.com")]),
        ("a@example.com.", [("", "a@example.com")]),
        ("anna@bücher.example", [("", "anna@xn--bcher-kva.example")]),
        ("änni@example.com", [("", "änni@example.com")]),
        ('"anna"@example.com', [("", "anna@example.com")]),
        ("<=?utf-8?q?a=40example=2Ecom?=>", [("", "a@example.com")]),
        ('"Anna <a@example.com>', [("Anna", "a@example.com")]),
        ("Anna <a@example.com", [("", "a@example.com")]),
        ("Meier Anna, Bau AG <a@example.com>", [("Meier Anna", ""), ("Bau AG", "a@example.com")]),
    ],
)
def test_addresses_are_found(value: str, found: list[tuple[str, str]]) -> None:
    assert [(one.display, one.address) for one in address_list(value)] == found


@given(st.text())
def test_no_value_whatever_raises(value: str) -> None:
    address_list(value)


def test_all_values_of_a_header_count() -> None:
    message = parse(b"To: a@example.com\nTo: =?utf-8?q?B=2C_C?= <b@example.com>\n\n")
    assert [one.address for one in message.addresses("to")] == ["a@example.com", "b@example.com"]
    assert message.addresses("cc") == ()
