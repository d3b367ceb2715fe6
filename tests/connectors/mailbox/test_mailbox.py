"""The connector `mailbox` as a whole: the contract, and where each item ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from stammkunde.connectors.contract import COMPANY, DictMemory, FileContract, read
from stammkunde.connectors.interface import ConnectorError, Rejected
from stammkunde.connectors.mail.interpret import Interpretation, interpret
from stammkunde.connectors.mail.message import MAX_SIZE, Message
from stammkunde.connectors.mailbox import Mailbox
from tests.connectors.mailbox.samples import DATA, DATED, mail, mailbox, mails, pack, subjects

OTHERS = tuple(
    path for path in sorted(DATA.parent.parent.rglob("*")) if "mail" not in path.relative_to(DATA.parent.parent).parts
)  # fmt: skip


class TestMbox(FileContract):
    kind = Mailbox
    sample = DATA / "Post.mbox"
    broken = DATA / "Broken.mbox"
    foreign = OTHERS


class TestFolder(FileContract):
    kind = Mailbox
    sample = DATA / "folder"


class TestArchive(FileContract):
    kind = Mailbox
    sample = DATA / "Post.mbox"

    @pytest.fixture
    def copied(self, tmp_path: Path) -> Path:
        return pack(tmp_path, "post.tar.gz", mails(3))


def test_every_item_ends_in_one_place(tmp_path: Path) -> None:
    path = pack(
        tmp_path,
        "a.tar",
        {
            "1.eml": mail(1),
            "2.eml": b"",
            "3.eml": b"Kein Kopf.\n",
            "4": b"\xff\xfe\0",
            "5": mail(5),
        },
    )
    reading = read(mailbox(path))
    assert len(reading.contacts) == 2
    assert [(item.reason, item.raw) for item in reading.rejected] == [
        ("The file is empty.", b""),
        ("This is no mail: it has none of the usual header fields.", b"Kein Kopf.\n"),
        ("This is no mail: it has none of the usual header fields.", b"\xff\xfe\0"),
    ]
    assert reading.ignored == {}


def test_a_mail_between_ourselves_is_ignored_with_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "1.eml"
    path.write_bytes(
        mail(1)
        .replace(b"anna1@example.com", b"info@muster-velo.example")
        .replace(b"Anna Meier", b"Info")
    )
    reading = read(mailbox(path))
    assert reading.contacts == []
    assert sum(reading.ignored.values()) == 1


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "save the mail as .eml"),
        (b"!BDN\0", "export its folders"),
        (b"Lieber Gruss", "none of the usual header fields"),
        (b"", "empty"),
    ],
)
def test_what_is_no_mail_is_rejected_with_the_remedy(
    tmp_path: Path, raw: bytes, reason: str
) -> None:
    path = tmp_path / "1.eml"
    path.write_bytes(raw)
    (rejected,) = read(mailbox(path)).rejected
    assert reason in rejected.reason
    assert rejected.raw == raw


def test_an_oversized_mail_is_a_contact_without_text(tmp_path: Path) -> None:
    path = tmp_path / "1.eml"
    path.write_bytes(mail(1) + b"x" * MAX_SIZE)
    (contact,) = read(mailbox(path)).contacts
    assert (contact.text, contact.flags, contact.party) == ("", ("oversized",), "anna1@example.com")


def test_a_mail_that_trips_us_up_does_not_keep_the_others_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = pack(tmp_path, "a.tar", mails(3))

    def trip(message: Message, **settings: object) -> Interpretation:
        if message.header("subject") == "Mail 2":
            raise IndexError
        return interpret(message, company=COMPANY)

    monkeypatch.setattr("stammkunde.connectors.mail.reading.interpret", trip)
    reading = read(mailbox(path))
    assert subjects(reading) == ["Mail 1", "Mail 3"]
    assert [item.raw for item in reading.rejected] == [mail(2)]


def test_an_unchanged_file_is_not_read_again(tmp_path: Path) -> None:
    one, two = tmp_path / "1.mbox", tmp_path / "2.mbox"
    one.write_bytes(DATED + mail(1))
    first = read(mailbox(one))
    two.write_bytes(DATED + mail(2))
    assert subjects(read(mailbox(one, two), first)) == ["Mail 2"]
    one.write_bytes(DATED + mail(1) + b"\n" + DATED + mail(3))
    assert subjects(read(mailbox(one), first)) == ["Mail 1", "Mail 3"]


def test_batches_within_a_file_leave_the_cursor_alone(tmp_path: Path) -> None:
    path = tmp_path / "1.mbox"
    path.write_bytes(b"\n".join(DATED + mail(number) for number in range(7)))
    connector = mailbox(path)
    connector.batch = 3
    batches = read(connector).batches
    assert [len(batch.contacts) for batch in batches] == [3, 3, 1]
    assert [batch.cursor is None for batch in batches] == [True, True, False]
    assert [batch.progress for batch in batches] == sorted(b.progress or 0 for b in batches)


def test_a_rejected_mail_is_read_once_it_can_be() -> None:
    batch = mailbox(DATA).retry(Rejected("…", mail(1), "a.mbox:17"), DictMemory())
    assert [contact.reference for contact in batch.contacts] == ["a.mbox:17"]
    assert batch.rejected == ()


def test_settings_that_name_nothing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConnectorError, match="path: is missing"):
        mailbox().check()
    with pytest.raises(ConnectorError, match="another connector's"):
        list(mailbox(DATA).fetch('{"files": 1}', DictMemory()))


# ---- real mail


@pytest.mark.parametrize("name", ["mikel-mail-52", "sisimai-bounces-200", "spamassassin-850"])
def test_of_the_real_archives_nothing_is_lost(real_data: Path, name: str) -> None:
    archive = real_data / "mail" / f"{name}.tar.xz"
    reading = read(mailbox(archive))
    items = {contact.reference for contact in reading.contacts}
    total = len(items) + sum(reading.ignored.values()) + len(reading.rejected)
    assert total == int(name.rpartition("-")[2])
    assert len(reading.rejected) <= 4
    assert read(mailbox(archive), reading).batches == []
