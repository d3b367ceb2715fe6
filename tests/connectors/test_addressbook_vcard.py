"""vCards: the lines of a card (RFC 6350, RFC 2426, 2.1) and what they say of a person."""

from collections.abc import Sequence
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.connectors.addressbook.card import Group, entry_of_card
from stammkunde.connectors.addressbook.entry import Broken, Entry, day, language_of, split_name
from stammkunde.connectors.addressbook.vcard import (
    LIMIT,
    cards,
    properties,
    split,
    unescape,
    unfold,
)
from stammkunde.core.contact import Name


def entry(*lines: str, version: str = "3.0") -> Entry:
    text = "\r\n".join(("BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""))
    return entry_of_card(text.encode(), "", UTC)


def escape(text: str) -> str:
    """As RFC 6350 §3.4 says."""
    for plain, escaped in (("\\", "\\\\"), ("\n", "\\n"), (",", "\\,"), (";", "\\;")):
        text = text.replace(plain, escaped)
    return text


# ---- lines

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=60)


@given(TEXT)
def test_unescaping_undoes_escaping(text: str) -> None:
    assert unescape(escape(text)) == text


@given(st.lists(TEXT, min_size=1, max_size=6), st.sampled_from(";,"))
def test_splitting_undoes_joining(parts: list[str], separator: str) -> None:
    joined = separator.join(map(escape, parts))
    assert [unescape(part) for part in split(joined, separator)] == parts


@given(
    TEXT, st.lists(st.integers(1, 40), max_size=8), st.sampled_from([b"\r\n ", b"\n ", b"\r\n\t"])
)
def test_unfolding_undoes_folding_even_within_a_letter(
    text: str, widths: Sequence[int], fold: bytes
) -> None:
    line = b"NOTE:" + escape(text).encode()
    folded, rest = b"NOTE:", line[5:]
    for width in widths:
        if width < len(rest):
            folded, rest = folded + rest[:width] + fold, rest[width:]
    _, found, _ = properties(b"BEGIN:VCARD\r\n" + folded + rest + b"\r\nEND:VCARD\r\n")
    assert unescape(found.value) == text


@given(st.binary(max_size=300))
def test_any_bytes_give_properties_or_broken(raw: bytes) -> None:
    try:
        for prop in properties(b"N:Meier\r\n" + raw):
            assert prop.name == prop.name.upper()
    except Broken:
        pass


@pytest.mark.parametrize(
    ("raw", "lines"),
    [
        (b"NOTE:a\r\n b\r\nTEL:1\r\n", [b"NOTE:ab", b"TEL:1"]),
        (b"NOTE:a\n\tb\n", [b"NOTE:ab"]),
        (b"VERSION:2.1\r\nNOTE:a\r\n b\r\n", [b"VERSION:2.1", b"NOTE:a b"]),
        (
            b"NOTE;ENCODING=QUOTED-PRINTABLE:a=\r\nb:c=\r\n=20d\r\n",
            [b"NOTE;ENCODING=QUOTED-PRINTABLE:a=\nb:c=\n=20d"],
        ),
        (
            b"NOTE:first line\r\nand a second\r\nTEL:1\r\n",
            [b"NOTE:first line\\nand a second", b"TEL:1"],
        ),
        (
            b"PHOTO;BASE64:AAAA\r\nBBBB==\r\n\r\nTEL:1\r\n",
            [b"PHOTO;BASE64:AAAA\\nBBBB==", b"TEL:1"],
        ),
    ],
)
def test_lines_are_unfolded(raw: bytes, lines: list[bytes]) -> None:
    assert list(unfold(raw)) == lines


@pytest.mark.parametrize(
    ("line", "name", "group", "parameters", "value"),
    [
        (b"TEL:1", "TEL", "", {}, "1"),
        (b"item1.email;type=pref:a@b.example", "EMAIL", "item1", {"TYPE": ("pref",)}, "a@b.example"),
        (b"TEL;HOME;VOICE:1", "TEL", "", {"TYPE": ("HOME", "VOICE")}, "1"),
        (b"TEL;TYPE=home,fax;TYPE=pref:1", "TEL", "", {"TYPE": ("home", "fax", "pref")}, "1"),
        (b'TEL;TYPE="voice,cell";PREF=1:tel:+41', "TEL", "", {"TYPE": ("voice", "cell"), "PREF": ("1",)}, "tel:+41"),
        (b'ADR;LABEL="a:b;c^nd":;;x', "ADR", "", {"LABEL": ("a:b;c\nd",)}, ";;x"),
        (b"N;QUOTED-PRINTABLE:M=FCller", "N", "", {"ENCODING": ("QUOTED-PRINTABLE",)}, "Müller"),
        (b"N;CHARSET=ISO-8859-1:M\xfcller", "N", "", {"CHARSET": ("ISO-8859-1",)}, "Müller"),
        (b"N;CHARSET=rot13:Zryyre", "N", "", {"CHARSET": ("rot13",)}, "Zryyre"),
        (b"N:M\xc3\xbcller", "N", "", {}, "Müller"),
        (b"N:M\xfcller", "N", "", {}, "Müller"),
    ],
)  # fmt: skip
def test_a_line_is_taken_apart(
    line: bytes, name: str, group: str, parameters: dict[str, tuple[str, ...]], value: str
) -> None:
    (prop,) = properties(line + b"\r\n")
    assert (prop.name, prop.group, prop.parameters, prop.value) == (name, group, parameters, value)


def test_the_setting_goes_before_utf_8() -> None:
    (prop,) = properties("N:Müller".encode("mac-roman"), "mac-roman")
    assert prop.value == "Müller"


def test_a_letter_of_no_encoding_is_broken() -> None:
    with pytest.raises(Broken, match="encodings"):
        list(properties(b"N:\x81\x8d"))


# ---- cards

CARD = b"BEGIN:VCARD\r\nFN:x\r\nEND:VCARD\r\n"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", []),
        (b"\r\n \r\n", []),
        (CARD, [(1, "")]),
        (CARD + b"\r\n" + CARD, [(1, ""), (5, "")]),
        (CARD.lower(), [(1, "")]),
        (CARD.replace(b"\r\n", b"\n") + CARD.strip(), [(1, ""), (4, "")]),
        (CARD[:-11] + CARD, [(1, "The card has no end."), (3, "")]),
        (CARD + CARD[:-11], [(1, ""), (4, "The card has no end.")]),
        (b"x\r\ny\r\n" + CARD, [(1, "The lines stand outside of any card."), (3, "")]),
        (CARD + b"END:VCARD\r\n", [(1, ""), (4, "The lines stand outside of any card.")]),
    ],
)
def test_cards_are_told_apart(content: bytes, found: list[tuple[int, str]]) -> None:
    assert [(card.line, card.flaw) for card in cards(content.splitlines(keepends=True))] == found


@given(st.lists(st.sampled_from([b"BEGIN:VCARD\n", b"FN:x\n", b"END:VCARD\n", b"junk\n"])))
def test_no_line_of_a_file_is_lost(lines: list[bytes]) -> None:
    assert b"".join(card.raw for card in cards(lines)) == b"".join(lines)


def test_a_card_without_measure_is_cut_off() -> None:
    lines = [
        b"BEGIN:VCARD\n",
        b"PHOTO:" + b"A" * LIMIT + b"\n",
        b"END:VCARD\n",
        *CARD.splitlines(True),
    ]
    first, *_, last = cards(lines)
    assert (first.flaw, last.flaw) == ("The card is too large.", "")


# ---- people


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (["N:Meier;Anna;;;", "FN:Anna Meier"], Name("Anna", "Meier")),
        (["N:Meier;Anna;Maria;Dr.;jun."], Name("Anna", "Meier")),
        (["N:Meier;;Anna;;"], Name("Anna", "Meier")),
        (["N:Meier\\, geb. Huber;Anna"], Name("Anna", "Meier geb. Huber")),
        (["N:Meier;Anna,Maria"], Name("Anna Maria", "Meier")),
        (["N:;;;;", "FN:Anna Meier"], Name("Anna", "Meier")),
        (["FN:Meier\\, Anna"], Name("Anna", "Meier")),
        (["FN:Anna Maria Meier"], Name("Anna Maria", "Meier")),
        (["FN:Meier"], Name("", "Meier")),
        (["FN:Bau Huber GmbH"], Name(company="Bau Huber GmbH")),
        (["N:Meier;Anna", "ORG:Bau\\; Holz AG;Einkauf"], Name("Anna", "Meier", "Bau; Holz AG")),
        (["ORG:Meier, Huber & Co"], Name(company="Meier, Huber & Co")),
        (["TEL:044 555 00 00"], None),
    ],
)
def test_names(lines: list[str], name: Name | None) -> None:
    assert entry(*lines).name == name


@pytest.mark.parametrize(
    ("lines", "mails", "phones"),
    [
        (["EMAIL:a@b.example", "EMAIL;TYPE=pref:c@d.example"], ("c@d.example", "a@b.example"), ()),
        (
            ["EMAIL;PREF=50:a@b.example", "EMAIL;PREF=2:c@d.example"],
            ("c@d.example", "a@b.example"),
            (),
        ),
        (["EMAIL:mailto:a@b.example", "EMAIL:a@b.example"], ("a@b.example",), ()),
        (["TEL;VALUE=uri:tel:+41-44-555-00-00"], (), ("+41-44-555-00-00",)),
        (["TEL;CELL:079 555 00 00", "TEL;FAX: "], (), ("079 555 00 00",)),
        (["item1.EMAIL:a@b.example", "item1.X-ABLabel:Büro"], ("a@b.example",), ()),
        ([f"EMAIL;PREF={'9' * 5000}:a@b.example"], ("a@b.example",), ()),
    ],
)
def test_ways_to_reach_somebody(
    lines: list[str], mails: tuple[str, ...], phones: tuple[str, ...]
) -> None:
    found = entry("N:Meier", *lines)
    assert (found.mails, found.phones) == (mails, phones)


@pytest.mark.parametrize(
    ("lines", "attributes"),
    [
        (["ADR:;;Weg 1\\, 2. Stock;Bern;BE;3000;CH"],
         {"street": "Weg 1, 2. Stock", "city": "Bern", "region": "BE", "postcode": "3000", "country": "CH"}),
        (["ADR;TYPE=home:;;Weg 1;Bern;;;", "ADR;TYPE=pref:;;Gasse 2;Thun;;3600;"],
         {"street": "Gasse 2", "city": "Thun", "postcode": "3600", "street 2": "Weg 1", "city 2": "Bern"}),
        (["ADR:;;;;;;"], {}),
        (["BDAY:19810412"], {"birthday": "1981-04-12"}),
        (["CATEGORIES:Kunde,Velo\\, Club"], {"categories": "Kunde, Velo, Club"}),
        (["X-HOBBY:Jassen", "X-HOBBY:Wandern"], {"hobby": "Jassen", "hobby 2": "Wandern"}),
        (["item1.X-ABDATE:2010-05-29", "item1.X-ABLabel:_$!<Anniversary>!$_"], {"anniversary": "2010-05-29"}),
        (["item1.URL:https://a.example", "item1.X-ABLabel:Blog"], {"blog": "https://a.example"}),
        (["X-ABRELATEDNAMES:Peter", "TITLE:Chefin"], {"related": "Peter", "job title": "Chefin"}),
        (["ORG:Bau AG;Einkauf;Holz"], {"department": "Einkauf, Holz"}),
        (["PHOTO;ENCODING=b:AAAA", "KEY:AAAA", "PRODID:x", "X-ABUID:7"], {}),
    ],
)  # fmt: skip
def test_everything_else_is_an_attribute(lines: list[str], attributes: dict[str, str]) -> None:
    assert entry("N:Meier", *lines).attributes == attributes


def test_what_the_book_says_of_the_entry() -> None:
    found = entry(
        "N:Meier", "UID:urn:uuid:7", "REV:20240601T100000Z", "NOTE:a\\nb", "NOTE:c", "LANG:fr-CH"
    )
    assert (found.uid, found.note, found.language) == ("7", "a\nb\n\nc", "fr-CH")
    assert found.changed is not None
    assert found.changed.isoformat() == "2024-06-01T10:00:00+00:00"


@pytest.mark.parametrize("line", ["KIND:group", "X-ADDRESSBOOKSERVER-KIND:Group"])
def test_a_list_of_cards_is_nobody(line: str) -> None:
    with pytest.raises(Group):
        entry("N:Velo-Club", line)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1981-04-12", "1981-04-12"),
        ("19810412", "1981-04-12"),
        ("1981-04-12T00:00:00Z", "1981-04-12"),
        ("--0412", "--04-12"),
        ("--04-12", "--04-12"),
        ("12.4.1981", "1981-04-12"),
        ("12. 04. 1981", "1981-04-12"),
        ("31.2.1981", "31.2.1981"),
        ("4/12/1981", "4/12/1981"),
        ("im Mai", "im Mai"),
        ("0.0.00", ""),
        ("", ""),
    ],
)
def test_birthdays(text: str, expected: str) -> None:
    assert day(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("de", "de"), ("de-CH", "de"), ("FR_ch", "fr"), ("Deutsch", "de"), ("Italiano", "it"), ("Hund", ""), ("", "")],
)  # fmt: skip
def test_languages(text: str, expected: str) -> None:
    assert language_of(text) == expected


@pytest.mark.parametrize(
    ("full", "name"),
    [
        ("", None),
        ("Anna", Name("", "Anna")),
        ("  Anna   Meier ", Name("Anna", "Meier")),
        ("Verein Velofreunde", Name(company="Verein Velofreunde")),
        ("Vélos Favre Sàrl", Name(company="Vélos Favre Sàrl")),
        ("Anna Sager", Name("Anna", "Sager")),
    ],
)
def test_written_names(full: str, name: Name | None) -> None:
    assert split_name(full) == name
