"""CSV files as programs write them: every record comes, whole or with its flaw, and with its bytes."""

import csv
import io
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.connectors.table import delimiter_of, rows

OPEN = "A quote was left open, or a cell is too large."
NARROW = "The row is not as wide as the header."
LETTER = "A letter is not in the file's encoding."


def table(content: bytes, **how: str) -> list[tuple[int, tuple[str, ...], str]]:
    return [(row.line, row.cells, row.flaw) for row in rows(BytesIO(content), **how)]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", []),
        (b"\n\r\n,,\n", []),
        (b"a;b\r\n1;2\r\n", [(1, ("a", "b"), ""), (2, ("1", "2"), "")]),
        (b"a;b\r1;2", [(1, ("a", "b"), ""), (2, ("1", "2"), "")]),
        (b"sep=|\na|b\n1;|2\n", [(2, ("a", "b"), ""), (3, ("1;", "2"), "")]),
        (b"a\tb\n\n1\t2\n", [(1, ("a", "b"), ""), (3, ("1", "2"), "")]),
        (b'a,b\n"1\n,""x""",2\n3,4\n', [(1, ("a", "b"), ""), (2, ('1\n,"x"', "2"), ""), (4, ("3", "4"), "")]),
        (b"a,b\n1\n1,2,3\n1,2\n", [(1, ("a", "b"), ""), (2, ("1",), NARROW), (3, ("1", "2", "3"), NARROW), (4, ("1", "2"), "")]),
        (b'a,b\n"1,2\n3,4\n', [(1, ("a", "b"), ""), (2, ("1,2\n3,4\n",), OPEN), (3, ("3", "4"), "")]),
        (b'a,b\n1,"cut', [(1, ("a", "b"), ""), (2, ("1", "cut"), OPEN)]),
        (b'a,b\n1,"2\n3,"4"\n5,6\n', [(1, ("a", "b"), ""), (2, ("1", '2\n3,4"'), OPEN), (3, ("3", "4"), ""), (4, ("5", "6"), "")]),
        (b'a,b\n5" pipe,2\n', [(1, ("a", "b"), ""), (2, ('5" pipe', "2"), "")]),
        ("a,b\nü,ß\n".encode(), [(1, ("a", "b"), ""), (2, ("ü", "ß"), "")]),
        ("a,b\nü,ß\n".encode("utf-8-sig"), [(1, ("a", "b"), ""), (2, ("ü", "ß"), "")]),
        ("a,b\nü,ß\n".encode("cp1252"), [(1, ("a", "b"), ""), (2, ("ü", "ß"), "")]),
        ("a,b\nü,ß\n".encode("utf-16"), [(1, ("a", "b"), ""), (2, ("ü", "ß"), "")]),
        (b"a,b\n\xfc\x81,1\n2,3\n", [(1, ("a", "b"), ""), (2, ("ü\udc81", "1"), LETTER), (3, ("2", "3"), "")]),
    ],
)  # fmt: skip
def test_records(content: bytes, found: list[tuple[int, tuple[str, ...], str]]) -> None:
    assert table(content) == found


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=12)


@given(
    st.integers(1, 4).flatmap(
        lambda width: st.lists(
            st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=6
        )
    ),
    st.sampled_from(";,\t|"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_was_written_is_read(cells: list[list[str]], delimiter: str, encoding: str) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(cells)
    found = rows(BytesIO(text.getvalue().encode(encoding)), encoding, delimiter)
    assert [row.cells for row in found] == [tuple(row) for row in cells if any(row)]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_and_no_line_is_lost(content: bytes) -> None:
    found = list(rows(BytesIO(b"a;b\n" + content), "latin-1", ";"))
    taken = "".join(row.text for row in found)
    assert [line for line in taken.splitlines() if line.strip("; \t")] == [
        line for line in (b"a;b\n" + content).decode("latin-1").splitlines() if line.strip("; \t")
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("line", ["ü;2;3", 'ü;"2', "ü"])
def test_the_bytes_of_a_flawed_record_are_a_file_with_the_same_flaw(
    line: str, encoding: str
) -> None:
    content = f"Größe;b\r\n1;2\r\n{line}\r\n3;4\r\n".encode(encoding)
    flawed = [row for row in rows(BytesIO(content)) if row.flaw]
    assert len(flawed) == 1
    _, again = rows(BytesIO(flawed[0].raw))
    assert (again.flaw, again.raw) == (flawed[0].flaw, flawed[0].raw)


def test_a_quote_left_open_in_a_long_file_costs_one_line() -> None:
    lines = [b"a;b\n", b'"1;2\n', *[b"1;2\n"] * 5000]
    found = table(b"".join(lines))
    assert len(found) == 5002
    assert [line for line, _, flaw in found if flaw] == [2]


@pytest.mark.parametrize(
    ("line", "delimiter"),
    [
        ("a;b;c,d", ";"),
        ("a,b", ","),
        ("a\tb", "\t"),
        ("a|b", "|"),
        ("a", ","),
        ("sep=^\r\n", "^"),
        ("sep=\n", ","),
    ],
)
def test_delimiters_are_found_out(line: str, delimiter: str) -> None:
    assert delimiter_of(line) == delimiter
