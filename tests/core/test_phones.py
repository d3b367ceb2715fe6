import importlib
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.core.phones import DialPlan, Number, e164, number

OFFICE = "+41442671234"


@pytest.mark.parametrize(
    ("raw", "region", "expected"),
    [
        ("044 267 12 34", "CH", OFFICE),
        ("044/267.12.34", "CH", OFFICE),
        ("+41 (0)44 267 12 34", "CH", OFFICE),
        ("+442671234", "CH", "+442671234"),
        ("+41442671234", "CH", OFFICE),
        ("+41442671234", "DE", OFFICE),
        ("0041442671234", "CH", OFFICE),
        ("++41442671234", "CH", OFFICE),
        ("＋４１ 44 267 12 34", "CH", OFFICE),
        ("41442671234", "CH", OFFICE),
        ("041 267 12 34", "CH", "+41412671234"),
        ("41 267 12 34", "CH", "+41412671234"),
        ("00423 230 11 11", "CH", "+4232301111"),
        ("0041 423 230 11 11", "CH", None),
        ("*31#0791234567", "CH", "+41791234567"),
        ("#31#0791234567", "CH", "+41791234567"),
        ("sip:+41442671234@pbx.example", "CH", OFFICE),
        ("sips:+41442671234@pbx.example;user=phone", "CH", OFFICE),
        ('"Zentrale" <sip:%2B41442671234@pbx.example:5060>', "CH", OFFICE),
        ("tel:+41-44-267-12-34;ext=12", "CH", OFFICE),
        ("+41442671234@pbx.example", "CH", OFFICE),
        ("+41 44 267 12 34 (Zentrale)", "CH", OFFICE),
        ("Tel. 044 267 12 34", "CH", OFFICE),
        ("044 267 12 34 ext. 12", "CH", OFFICE),
        ("044 267 12 34 x12", "CH", OFFICE),
        ("044 267 12 34 int. 5", "CH", OFFICE),
        ("06 6982", "IT", "+39066982"),
        ("0800 800 800", "CH", "+41800800800"),
        ("058 123 45 67", "ch", "+41581234567"),
        ("0170 1234567", "DE", "+491701234567"),
        ("493012345678", "DE", "+493012345678"),
        ("0178 1234567", "CH", None),
        ("078 1234567", "CH", "+41781234567"),
        ("234567", "DE", None),
        ("101", "CH", None),
        ("117", "CH", None),
        ("", "CH", None),
        ("unterdrückt", "CH", None),
        ("044 267 12 34", "", None),
        ("+41 44 267 12 34", "", OFFICE),
        ("044 267 12 34", "XX", None),
        ("044 267 12 34 56 78", "CH", None),
        ("Zentrale", "CH", None),
    ],
)
def test_a_number_becomes_e164_or_none(raw: str, region: str, expected: str | None) -> None:
    assert e164(raw, region) == expected


@pytest.mark.parametrize(
    "raw",
    [
        "", "  ", "anonymous", "Anonymous", "anonymus", "restricted", "private", "Privat", "unavailable", "UNKNOWN",
        "unbekannt", "withheld", "clir", "Anonym", "unterdrückt", "no number", "prohibited", "prohib_passed_screen",
        "Anonymous@anonymous.invalid", "sip:anonymous@anonymous.invalid", '"Anonymous" <anonymous>', "+anonymous", "s",
        "asterisk", "-", "XXX", "xxxxxxxxxx", "sconosciuto", "inconnu",
    ],
)  # fmt: skip
def test_withheld_is_told_from_absent(raw: str) -> None:
    assert number(raw, "CH") == Number("withheld")


@pytest.mark.parametrize(
    ("raw", "region"),
    [
        ("112", "CH"), ("117", "CH"), ("144", "CH"), ("143", "CH"), ("147", "CH"), ("1811", "CH"),
        ("110", "DE"), ("115", "DE"), ("116117", "DE"), ("133", "AT"), ("118", "IT"), ("15", "FR"), ("112", "LI"),
    ],
)  # fmt: skip
def test_short_numbers_are_services_and_nobody(raw: str, region: str) -> None:
    assert number(raw, region) == Number("service")


@pytest.mark.parametrize(
    ("raw", "region", "plan", "kind"),
    [
        ("101", "CH", DialPlan(), "extension"),
        ("22", "DE", DialPlan(), "extension"),
        ("2001", "AT", DialPlan(), "extension"),
        ("200", "CH", DialPlan(), "extension"),
        ("sip:101@pbx.example", "CH", DialPlan(), "extension"),
        ("143", "CH", DialPlan(extensions=r"1\d\d"), "extension"),
        ("112", "CH", DialPlan(extensions=r"1\d\d"), "service"),
        ("70123", "CH", DialPlan(extensions=r"7\d{4}"), "extension"),
        ("200", "CH", DialPlan(extensions=r"7\d{4}"), "service"),
        ("anna", "CH", DialPlan(), "unknown"),
    ],
)
def test_an_extension_is_no_customer(raw: str, region: str, plan: DialPlan, kind: str) -> None:
    assert number(raw, region, plan) == Number(kind)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("raw", "region", "plan", "expected"),
    [
        ("000491701234567", "CH", DialPlan(), None),
        ("000491701234567", "CH", DialPlan(outside_prefix="0"), "+491701234567"),
        ("00791234567", "CH", DialPlan(outside_prefix="0"), "+41791234567"),
        ("0791234567", "CH", DialPlan(outside_prefix="0"), "+41791234567"),
        ("9,0791234567", "CH", DialPlan(outside_prefix="9,"), "+41791234567"),
        ("+41791234567", "CH", DialPlan(outside_prefix="0"), "+41791234567"),
        ("0117", "CH", DialPlan(outside_prefix="0"), None),
        ("234567", "DE", DialPlan(area_code="030"), "+4930234567"),
        ("234567", "DE", DialPlan(area_code="30"), "+4930234567"),
        ("0234567", "DE", DialPlan(outside_prefix="0", area_code="030"), "+4930234567"),
        ("5123456", "AT", DialPlan(area_code="01"), "+4315123456"),
        ("040 234567", "DE", DialPlan(area_code="030"), "+4940234567"),
        ("491701234567", "DE", DialPlan(area_code="030"), "+491701234567"),
    ],
)
def test_the_dial_plan_completes_a_number(
    raw: str, region: str, plan: DialPlan, expected: str | None
) -> None:
    assert number(raw, region, plan).e164 == expected


def test_the_area_code_completes_an_address_books_number() -> None:
    assert e164("234567", "DE", area_code="030") == "+4930234567"


@pytest.mark.parametrize(
    ("raw", "region", "expected"),
    [
        ("+491234", "CH", Number("number", "+491234")),
        ("+49 30 12", "CH", Number("number", "+493012")),
        ("+49123456", "DE", Number("number", "+49123456")),
        ("+41442671234", "CH", Number("number", OFFICE, valid=True)),
    ],
)
def test_a_possible_number_counts_and_valid_is_a_mark_of_quality(
    raw: str, region: str, expected: Number
) -> None:
    assert number(raw, region) == expected


@given(st.text(max_size=40), st.sampled_from(["CH", "DE", "AT", "IT", "", "ZZ"]))
def test_any_text_gives_an_answer_and_e164_is_a_fixed_point(raw: str, region: str) -> None:
    found = number(raw, region, DialPlan(outside_prefix="0", area_code="030"))
    assert (found.e164 is not None) == (found.kind == "number")
    if found.e164 is not None:
        assert number(found.e164, region).e164 == found.e164


def test_the_heavy_geocoder_stays_out() -> None:
    importlib.import_module("stammkunde.core.phones")
    assert "phonenumbers.geocoder" not in sys.modules
