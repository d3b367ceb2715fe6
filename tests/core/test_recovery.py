"""A recovery sheet gives the master key back, or names the row in which the slip is."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.core.errors import KeyStoreError
from stammkunde.core.recovery import recovered_key, recovery_rows

KEY = bytes(range(0x80, 0xA0))
SHEET = """\
    SK1-1  8081 8283 8485 8687  d345
    SK1-2  8889 8a8b 8c8d 8e8f  2c89
    SK1-3  9091 9293 9495 9697  20a4
    SK1-4  9899 9a9b 9c9d 9e9f  40f3"""


def test_the_form_is_frozen() -> None:
    """Sheets lie in safes for years."""
    assert "\n".join(f"    {row}" for row in recovery_rows(KEY)) == SHEET


@given(st.binary(min_size=32, max_size=32))
def test_what_was_printed_is_read_again(key: bytes) -> None:
    assert recovered_key("\n".join(recovery_rows(key))) == key


@pytest.mark.parametrize(
    "typed",
    [
        SHEET,
        SHEET.upper(),
        SHEET.lower().replace("  ", " "),
        SHEET.replace(" ", "-"),
        re.sub(r"(?<=[0-9a-f]) +(?=[0-9a-f])", "", SHEET),
        SHEET.replace("\n", "\r\n\n"),
        "\n".join(reversed(SHEET.splitlines())),
        SHEET.replace("0", "O").replace("1", "l"),
        f"Stammkunde: recovery sheet of the home in /srv\n\n{SHEET}\n\nThis is the master key.\n",
    ],
)
def test_it_may_be_typed_as_people_type(typed: str) -> None:
    assert recovered_key(typed) == KEY


@given(st.integers(0, 3), st.integers(0, 19), st.sampled_from("0123456789abcdef"))
def test_a_wrong_digit_is_found_in_its_row(row: int, at: int, digit: str) -> None:
    rows = recovery_rows(KEY)
    places = [n for n, letter in enumerate(rows[row]) if letter in "0123456789abcdef"][2:]
    place = places[at]
    if rows[row][place] == digit:
        return
    rows[row] = rows[row][:place] + digit + rows[row][place + 1 :]
    with pytest.raises(KeyStoreError, match=f"Row {row + 1} .* does not fit"):
        recovered_key("\n".join(rows))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("SK1-3", "SK1-2", "Row 2 .* does not fit"),
        ("8081 8283", "8283 8081", "Row 1 .* does not fit"),
        ("9e9f", "9e9", "Row 4 .* does not fit"),
        ("9e9f", "9e9g", "Row 4 .* does not fit"),
        ("    SK1-2", "    ", "Row 2 .* is missing: it begins with SK1-2"),
        ("SK1-1", "SK2-1", "form 2.*update Stammkunde"),
    ],
)
def test_what_does_not_fit_is_named(old: str, new: str, words: str) -> None:
    with pytest.raises(KeyStoreError, match=words):
        recovered_key(SHEET.replace(old, new))


def test_an_empty_sheet_lacks_its_first_row() -> None:
    with pytest.raises(KeyStoreError, match="Row 1"):
        recovered_key("")
