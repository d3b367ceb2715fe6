"""The connector `addressbook` as a whole: the contract, and what becomes of a book that is read again."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest

from stammkunde.connectors.addressbook import Addressbook
from stammkunde.connectors.contract import COMPANY, FileContract, Reading, read
from stammkunde.connectors.interface import ConnectorError, Context
from stammkunde.core.contact import Contact, Identifier, Item, Name

DATA = Path(__file__).parent.parent / "data" / "addressbook"
LISTS = sorted(path for path in DATA.glob("*.csv") if path.name != "broken.csv")

Write = Callable[..., Path]
Book = Callable[..., Addressbook]


class TestCards(FileContract):
    kind = Addressbook
    sample = DATA / "book.vcf"
    broken = DATA / "broken.vcf"
    foreign = tuple(path for path in DATA.parent.rglob("*") if DATA not in (path, *path.parents))


class TestRows(FileContract):
    kind = Addressbook
    sample = DATA / "excel-ch.csv"
    broken = DATA / "broken.csv"


class TestFolders(FileContract):
    kind = Addressbook
    sample = DATA


class TestWholeBooks(FileContract):
    kind = Addressbook
    sample = DATA / "outlook-de.csv"
    settings: ClassVar = {"complete": True}

    @pytest.fixture
    def copied(self, tmp_path: Path) -> Path:
        folder = tmp_path / "books"
        folder.mkdir()
        for name in ("outlook-de.csv", "google.csv", "book.vcf"):
            (folder / name).write_bytes((DATA / name).read_bytes())
        return folder


def card(*lines: str, uid: str = "u1", name: str = "Meier;Anna") -> str:
    body = "\r\n".join((f"N:{name}", *lines, *([f"UID:{uid}"] if uid else [])))
    return f"BEGIN:VCARD\r\nVERSION:3.0\r\n{body}\r\nEND:VCARD\r\n"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file as of that many seconds after 2024-01-01 UTC."""

    def make(content: str | bytes, name: str = "book.vcf", at: int = 0) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        os.utime(path, (1_704_067_200 + at,) * 2)
        return path

    return make


def book(*paths: Path, **settings: object) -> Addressbook:
    table = {"path": [str(path) for path in paths], **settings}
    return Addressbook(
        msgspec.convert(table, Addressbook.Settings), Context(source="book", company=COMPANY)
    )


def again(first: Reading, *paths: Path, **settings: object) -> Reading:
    """Import afresh, as `import` does: without the cursor, with the memory."""
    return read(book(*paths, **settings), msgspec.structs.replace(first, cursor=None))


def notes(reading: Reading) -> list[tuple[str, bool]]:
    return [(contact.text, contact.revises) for contact in reading.contacts]


def test_an_entry_becomes_a_contact_of_the_directory(write: Write) -> None:
    reading = read(
        book(write(card("ORG:Bau AG", "EMAIL:Anna@Bau.example", "TEL:044 555 01 02", "NOTE:Velo")))
    )
    contact = reading.contacts[0]
    assert contact == Contact(
        item=Item("u1"),
        channel="directory",
        kind="entry",
        occurred_at=contact.occurred_at,
        identifiers=(Identifier("mail", "anna@bau.example"), Identifier("phone", "+41445550102")),
        name=Name("Anna", "Meier", "Bau AG"),
        text="Velo",
        reference=contact.reference,
    )
    assert contact.occurred_at.isoformat() == "2024-01-01T01:00:00+01:00"


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (card("EMAIL:anna@meier.example", "TEL:0445550102"), "u1"),
        (
            card("EMAIL:Anna@Meier.example", "TEL:0445550102", uid=""),
            "anna meier|anna@meier.example",
        ),
        (card("TEL:044 555 01 02", uid=""), "anna meier|+41445550102"),
        (card(uid=""), "anna meier|"),
        (card("EMAIL:a@b.example", uid="", name=";"), "|a@b.example"),
        (card(uid="urn:uuid:4fbe8971-0bc3"), "4fbe8971-0bc3"),
        (
            "Name;Vorname;E-Mail\r\nMeier;Anna;anna@meier.example\r\n",
            "anna meier|anna@meier.example",
        ),
        ("Kundennr.;Name;E-Mail\r\n77;Meier;anna@meier.example\r\n", "77"),
    ],
)
def test_keys_are_frozen(write: Write, content: str, key: str) -> None:
    """They are identities for ever: a row here may be added, never changed."""
    name = "book.csv" if ";E-Mail" in content else "book.vcf"
    assert [contact.item for contact in read(book(write(content, name))).contacts] == [Item(key, 0)]


def test_neither_name_nor_time_of_the_file_are_part_of_the_identity(write: Write) -> None:
    content = card("EMAIL:anna@meier.example", uid="")
    first = read(book(write(content)))
    second = again(first, write(content, "other.vcf", at=86_400))
    assert second.latest.keys() == first.latest.keys()
    assert [c.revises for c in second.contacts] == [False]
    assert [c.occurred_at for c in second.contacts] == [c.occurred_at for c in first.contacts]
    assert all(not batch.remember for batch in second.batches)


def test_a_changed_entry_is_revised_once(write: Write) -> None:
    first = read(book(write(card("NOTE:alt"))))
    changed = write(card("NOTE:neu"), at=60)
    second = again(first, changed)
    assert notes(first) == [("alt", False)]
    assert notes(second) == [("neu", True)]
    assert notes(again(second, changed)) == [("neu", False)]


def test_an_older_version_is_passed_over(write: Write) -> None:
    old, new = write(card("NOTE:alt"), "1.vcf"), write(card("NOTE:neu"), "2.vcf", at=60)
    first = read(book(old, new))
    assert notes(first) == [("alt", False), ("neu", True)]
    second = again(first, old, new)
    assert notes(second) == [("neu", False)]
    assert second.ignored == {"older version": 1}


def test_the_time_in_the_book_goes_before_the_files(write: Write) -> None:
    new = write(card("NOTE:neu", "REV:2024-06-01T10:00:00Z"), "1.vcf")
    old = write(card("NOTE:alt", "REV:2023-06-01T10:00:00Z"), "2.vcf", at=60)
    first = read(book(new, old))
    assert notes(first) == [("neu", False)]
    assert first.ignored == {"older version": 1}
    assert first.contacts[0].occurred_at.isoformat() == "2024-06-01T12:00:00+02:00"


def test_versions_of_one_entry_come_in_batches_of_their_own(write: Write) -> None:
    paths = [write(card(f"NOTE:{n}"), f"{n}.vcf", at=n) for n in range(3)]
    assert [len(batch.contacts) for batch in read(book(*paths)).batches] == [1, 1, 1]


def test_the_same_card_twice_is_one_item(write: Write) -> None:
    reading = read(book(write(card() + card())))
    assert [contact.item.key for contact in reading.contacts] == ["u1", "u1"]
    assert len(reading.latest) == 1


def test_two_entries_under_one_key_are_both_kept_and_stable(write: Write) -> None:
    path = write(card("NOTE:a") + card("NOTE:b") + card("NOTE:a"))
    first = read(book(path))
    assert [(c.item.key, c.text) for c in first.contacts] == [
        ("u1", "a"),
        ("u1 #2", "b"),
        ("u1", "a"),
    ]
    assert not any(contact.revises for contact in again(first, path).contacts)


def test_what_is_gone_stays_unless_the_book_is_whole(write: Write) -> None:
    both = card(uid="u1") + card(uid="u2")
    for whole, expected in ((False, []), (True, [Item("u2")])):
        first = read(book(write(both), complete=whole))
        second = read(book(write(card(uid="u1"), at=60), complete=whole), first)
        assert second.withdrawn == expected
        assert read(book(write(card(uid="u1"), at=60), complete=whole), second).withdrawn == []


def test_what_comes_back_is_revised(write: Write) -> None:
    both = card(uid="u1") + card(uid="u2")
    first = read(book(write(both), complete=True))
    second = read(book(write(card(uid="u1"), at=60), complete=True), first)
    third = read(book(write(both, at=120), complete=True), second)
    assert [(c.item.key, c.revises) for c in third.contacts] == [("u1", False), ("u2", True)]


def test_a_whole_book_of_several_files_withdraws_only_what_none_of_them_has(write: Write) -> None:
    a, b = write(card(uid="u1") + card(uid="u2"), "a.vcf"), write(card(uid="u3"), "b.vcf")
    first = read(book(a, b, complete=True))
    write(card(uid="u1"), "a.vcf", at=60)
    second = read(book(a, b, complete=True), first)
    assert second.withdrawn == [Item("u2")]
    assert [contact.item.key for contact in second.contacts] == ["u1"]


@pytest.mark.parametrize("rest", ["", "BEGIN:VCARD\r\nFN:cut in the mid"])
def test_nothing_is_withdrawn_while_a_part_can_not_be_read(write: Write, rest: str) -> None:
    first = read(book(write(card(uid="u1") + card(uid="u2")), complete=True))
    content = card(uid="u1") + rest if rest else ""
    assert read(book(write(content, at=60), complete=True), first).withdrawn == []


def test_our_own_people_and_lists_are_ignored(write: Write) -> None:
    cards = (
        card("EMAIL:chef@muster-velo.example", "EMAIL:chef@privat.example", uid="1"),
        card("TEL:052 123 45 00", uid="2"),
        card("TEL:052 123 45 00", "TEL:079 555 00 00", uid="3"),
        card("KIND:group", uid="4"),
    )
    reading = read(book(write("".join(cards))))
    assert reading.ignored == {"own": 2, "distribution list": 1}
    assert [contact.item.key for contact in reading.contacts] == ["3"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.vcf", card("NOTE:Größe für Zoë", uid="ü")),
        ("a.csv", "Kundennr.;Name;E-Mail;Bemerkung\r\nü;Meier;;Größe für Zoë\r\n"),
    ],
)
def test_encodings_are_found_out(write: Write, name: str, content: str, encoding: str) -> None:
    reading = read(book(write(content.encode(encoding), name)))
    assert [(c.item.key, c.text) for c in reading.contacts] == [("ü", "Größe für Zoë")]


def test_a_mended_entry_is_read_by_retry(write: Write) -> None:
    path = write("BEGIN:VCARD\r\nN:Meier;Anna\r\nTEL:044 555 01 02\r\n")
    connector = book(path)
    reading = read(connector)
    (rejected,) = reading.rejected
    mended = msgspec.structs.replace(rejected, raw=rejected.raw + b"END:VCARD\r\n")
    batch = connector.retry(mended, reading.memory)
    assert [str(contact.name) for contact in batch.contacts] == ["Anna Meier"]
    assert batch.rejected == ()


def test_a_mended_entry_may_have_become_several(write: Write) -> None:
    connector = book(write("BEGIN:VCARD\r\nN:Meier;Anna\r\n"))
    reading = read(connector)
    (rejected,) = reading.rejected
    mended = msgspec.structs.replace(rejected, raw=(card("NOTE:a") + card("NOTE:b")).encode())
    batch = connector.retry(mended, reading.memory)
    assert [contact.item.key for contact in batch.contacts] == ["u1", "u1 #2"]


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({"encoding": "utf-99"}, "encoding"),
        ({"delimiter": ";;"}, "delimiter"),
        ({"mail": "Mehl"}, r"mail: .*“Mehl”"),
        ({"phone": ["Telefon", "Tel X"]}, r"phone: .*“Tel X”"),
    ],
)
def test_a_wrong_setting_is_named(settings: dict[str, object], names: str) -> None:
    connector = book(DATA / "excel-ch.csv", **settings)
    with pytest.raises(ConnectorError, match=names):
        connector.check()
    with pytest.raises(ConnectorError, match=names):
        read(connector)


def test_a_list_without_headings_is_refused_without_naming_anybody(write: Write) -> None:
    connector = book(write("Meier;Anna;anna@meier.example\r\n" * 2, "list.csv"))
    with pytest.raises(ConnectorError, match="name, mail, phone") as refused:
        connector.check()
    assert "Anna" not in str(refused.value)


def test_a_cursor_of_another_connector_is_refused() -> None:
    reading = read(book(DATA / "book.vcf"))
    with pytest.raises(ConnectorError, match="cursor"):
        read(book(DATA / "book.vcf"), msgspec.structs.replace(reading, cursor="17"))


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.name)
def test_exports_are_recognised(path: Path) -> None:
    assert Addressbook.recognises(path)


@pytest.mark.parametrize(
    "content",
    [
        "order;customer;E-Mail;Name;total\r\n1;2;a@b.example;Meier;5\r\n",
        '"","041234","s","from-internal","""Anna"" <041234>"\r\n',
        "From anna@meier.example Mon Jan  1 00:00:00 2024\r\nSubject: x\r\n\r\nBEGIN:VCARD\r\n",
        "Name;Farbe\r\nAnna;rot\r\n",
        '{"orders": [{"id": 1, "email": "anna@meier.example", "name": "Anna"}]}',
    ],
)
def test_other_files_are_not_recognised(write: Write, content: str) -> None:
    assert not Addressbook.recognises(write(content, "file.csv"))


def test_a_large_book_has_flat_batches(write: Write) -> None:
    cards = "".join(card(f"TEL:04455{n:05}", uid=str(n)) for n in range(2500))
    assert [len(batch.contacts) for batch in read(book(write(cards))).batches] == [1000, 1000, 500]
