"""What is ours, and what must not be kept at all."""

import pytest

from stammkunde.core.company import Company

COMPANY = Company(
    addresses=("muster@bluewin.example",),
    domains=("muster-velo.example",),
    never=("treuhand.example", "privat@kunden.example"),
)


@pytest.mark.parametrize(
    ("address", "ours"),
    [
        ("info@muster-velo.example", True),
        ("bounces@mail.muster-velo.example", True),
        ("x@a.b.muster-velo.example", True),
        ("muster@bluewin.example", True),
        ("x@nicht-muster-velo.example", False),
        ("x@muster-velo.example.kunden.example", False),
        ("x@velo.example", False),
        ("other@bluewin.example", False),
        ("muster@mail.bluewin.example", False),
        ("muster-velo.example@kunden.example", False),
        ("", False),
    ],
)
def test_a_domain_stands_for_its_subdomains(address: str, ours: bool) -> None:
    assert COMPANY.owns(address) is ours


@pytest.mark.parametrize(
    ("address", "shunned"),
    [
        ("x@treuhand.example", True),
        ("x@zug.treuhand.example", True),
        ("x@meintreuhand.example", False),
        ("privat@kunden.example", True),
        ("anna@kunden.example", False),
        ("privat@kunden.example.treuhand.example", True),
        ("x@example", False),
        ("", False),
    ],
)
def test_who_is_on_the_list_by_address_or_by_domain(address: str, shunned: bool) -> None:
    assert COMPANY.shuns(address) is shunned
