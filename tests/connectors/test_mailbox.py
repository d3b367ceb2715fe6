"""The connector `mailbox` as a whole: the contract, and every way in which mails lie in files."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.connectors.contract import COMPANY, DictMemory, FileContract, Reading, read
from stammkunde.connectors.interface import ConnectorError, Context, Rejected
from stammkunde.connectors.mail.interpret import Interpretation, interpret
from stammkunde.connectors.mail.message import MAX_SIZE, Message
from stammkunde.connectors.mailbox import Mailbox
from stammkunde.connectors.mailbox.cursor import Progress
from stammkunde.connectors.mailbox.folder import folder_name, is_hidden
from stammkunde.connectors.mailbox.mbox import mbox_mails
from stammkunde.connectors.mailbox.store import Mail, stores_of

DATA = Path(__file__).parent.parent / "data" / "mail" / "mailbox"
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


def mail(number: int, text: str = "Guten Tag") -> bytes:
    return (
        f"Message-ID: <{number}@example.com>\nDate: Fri, 20 Nov 2026 11:{number:02}:00 +0100\n"
        f"From: Anna Meier <anna{number}@example.com>\nTo: info@muster-velo.example\n"
        f"Subject: Mail {number}\n\n{text}\n"
    ).encode()


def mails(count: int) -> dict[str, bytes]:
    return {f"Posteingang/{number}.eml": mail(number) for number in range(1, count + 1)}


def pack(folder: Path, name: str, files: dict[str, bytes]) -> Path:
    path = folder / name
    if name.endswith(".zip"):
        with zipfile.ZipFile(path, "w") as archive:
            for member, content in files.items():
                archive.writestr(member, content)
        return path
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        for member, content in files.items():
            info = tarfile.TarInfo(member)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    squeeze: dict[str, Callable[[bytes], bytes]] = {
        ".gz": gzip.compress, ".xz": lzma.compress, ".bz2": bz2.compress, ".tar": bytes,
    }  # fmt: skip
    path.write_bytes(squeeze[path.suffix](raw.getvalue()))
    return path


def maildir(folder: Path, files: dict[str, bytes]) -> Path:
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def mailbox(*paths: Path, **settings: str) -> Mailbox:
    table = {"path": [str(path) for path in paths], **settings}
    return Mailbox(
        msgspec.convert(table, Mailbox.Settings), Context(source="post", company=COMPANY)
    )


def subjects(reading: Reading) -> list[str]:
    return [contact.subject for contact in reading.contacts]


def found(path: Path) -> list[Mail]:
    items = [item for store in stores_of([str(path)]) for item in store.mails(Progress())]
    return [item for item in items if isinstance(item, Mail)]


# ---- mbox


def split(raw: bytes) -> list[tuple[int, bytes]]:
    return list(mbox_mails(io.BytesIO(raw)))


DATED = b"From anna@example.com Fri Nov 20 11:52:03 2026\n"


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


# ---- folders and archives


def test_a_maildir_gives_its_mails_with_their_folders(tmp_path: Path) -> None:
    top = maildir(
        tmp_path / "Maildir",
        {"cur/1.host:2,S": mail(1), "new/2.host": mail(2), "tmp/3.host": mail(3), "dovecot.index": b"x"},
    )  # fmt: skip
    maildir(top / ".Sent", {"cur/4.host:2,S": mail(4)})
    maildir(top / ".INBOX.Entw&APw-rfe", {"cur/5.host:2,": mail(5)})
    mails = found(top)
    assert sorted((one.folder, one.raw) for one in mails) == [
        ("Entwürfe", mail(5)), ("Maildir", mail(1)), ("Maildir", mail(2)), ("Sent", mail(4)),
    ]  # fmt: skip
    assert Mailbox.recognises(top)


def test_a_mail_that_was_only_read_or_flagged_is_not_new(tmp_path: Path) -> None:
    top = maildir(tmp_path / "Maildir", {"new/1.host": mail(1), "cur/2.host:2,": mail(2)})
    first = read(mailbox(top))
    (top / "new" / "1.host").rename(top / "cur" / "1.host:2,RS")
    assert read(mailbox(top), first).batches == []
    (top / "new" / "3.host").write_bytes(mail(3))
    (top / "cur" / "2.host:2,").unlink()
    second = read(mailbox(top), first)
    assert subjects(second) == ["Mail 3"]
    assert read(mailbox(top), second).batches == []


def test_a_tree_may_hold_everything_at_once(tmp_path: Path) -> None:
    (tmp_path / "Archiv" / "Sent.sbd").mkdir(parents=True)
    (tmp_path / "Archiv" / "1").write_bytes(mail(1))
    (tmp_path / "Archiv" / "brief.eml").write_bytes(mail(2))
    (tmp_path / "Archiv" / "Inbox").write_bytes(DATED + mail(3) + b"\n" + DATED + mail(4))
    (tmp_path / "Archiv" / "Inbox.msf").write_bytes(b"index")
    (tmp_path / "Archiv" / "Sent.sbd" / "2025.mbox").write_bytes(DATED + mail(5))
    pack(tmp_path / "Archiv", "alt.zip", {"Junk/6.eml": mail(6), "__MACOSX/Junk/._6.eml": b"x"})
    assert sorted((one.raw, one.folder) for one in found(tmp_path)) == [
        (mail(1), "Archiv"), (mail(2), "Archiv"), (mail(3), "Inbox"), (mail(4), "Inbox"), (mail(5), "2025"),
        (mail(6), "Junk"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["a.tar", "a.tar.gz", "a.tar.xz", "a.tar.bz2", "a.zip"])
def test_archives_are_read_without_unpacking(tmp_path: Path, name: str) -> None:
    box = DATED + mail(3) + b"\n" + DATED + mail(4)
    path = pack(tmp_path, name, {**mails(2), "../../Alt.mbox": box, "x/cur/5": mail(5)})
    assert Mailbox.recognises(path)
    assert [(one.reference, one.folder) for one in found(path)] == [
        (f"{path}:Posteingang/1.eml", "Posteingang"),
        (f"{path}:Posteingang/2.eml", "Posteingang"),
        (f"{path}:../../Alt.mbox:0", "Alt"),
        (f"{path}:../../Alt.mbox:{len(DATED + mail(3)) + 1}", "Alt"),
        (f"{path}:x/cur/5", "x"),
    ]
    assert subjects(read(mailbox(path))) == [f"Mail {number}" for number in range(1, 6)]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("compress", [gzip.compress, lzma.compress, bz2.compress])
def test_a_compressed_mbox_or_mail_is_read(
    tmp_path: Path, compress: Callable[[bytes], bytes]
) -> None:
    box, single = tmp_path / "Alt.mbox.x", tmp_path / "1.eml.x"
    box.write_bytes(compress(DATED + mail(1) + b"\n" + DATED + mail(2)))
    single.write_bytes(compress(mail(3)))
    assert Mailbox.recognises(box)
    assert Mailbox.recognises(single)
    assert subjects(read(mailbox(box, single))) == ["Mail 1", "Mail 2", "Mail 3"]


@pytest.mark.parametrize("name", ["a.tar", "a.tar.gz", "a.tar.xz", "a.zip"])
def test_of_a_cut_archive_what_can_be_read_is_read(tmp_path: Path, name: str) -> None:
    path = pack(tmp_path, name, mails(40))
    whole = path.read_bytes()
    for cut in range(1, len(whole), max(len(whole) // 12, 1)):
        path.write_bytes(whole[:cut])
        reading = read(mailbox(path))
        count = len(reading.contacts)
        assert subjects(reading) == [f"Mail {number}" for number in range(1, count + 1)]
        assert [bool(item.raw) for item in reading.rejected] == [True] * (count < 40)


def test_a_mail_with_an_envelope_line_lies_in_its_folder(tmp_path: Path) -> None:
    path = pack(tmp_path, "a.tar", {"Junk/1.eml": DATED + mail(1), "Sent": DATED + mail(2)})
    assert [(one.raw, one.folder) for one in found(path)] == [(mail(1), "Junk"), (mail(2), "Sent")]


def test_links_in_a_tar_lead_nowhere(tmp_path: Path) -> None:
    secret = tmp_path / "secret.eml"
    secret.write_bytes(mail(1))
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as tar:
        link = tarfile.TarInfo("link.eml")
        link.type = tarfile.SYMTYPE
        link.linkname = str(secret)
        tar.addfile(link)
    assert read(mailbox(path)).contacts == []


# ---- what becomes of it


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


def test_the_folder_decides_where_settings_or_names_say_so(tmp_path: Path) -> None:
    path = tmp_path / "1.eml"
    path.write_bytes(mail(1))
    (contact,) = read(mailbox(path, folder="Junk")).contacts
    assert contact.kind == "spam"
    (contact,) = read(mailbox(path)).contacts
    assert contact.kind == "message"


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"X-GM-THRID: 17\nX-Gmail-Labels: Spam,=?utf-8?q?Ge=C3=B6ffnet?=\n", "spam"),
        (b"X-GM-THRID: 17\nX-Gmail-Labels: Posteingang\n", "message"),
        (b"Received: by a.example\nX-Gmail-Labels: Spam\n", "message"),
    ],
)
def test_the_labels_of_a_google_export_are_folders(tmp_path: Path, head: bytes, kind: str) -> None:
    path = tmp_path / "Alle.mbox"
    path.write_bytes(DATED + head + mail(1))
    assert [contact.kind for contact in read(mailbox(path)).contacts] == [kind]


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

    monkeypatch.setattr("stammkunde.connectors.mailbox.connector.interpret", trip)
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


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (["Sent"], "Sent"),
        (["Post", "Sent.mbox"], "Sent"),
        (["Sent.mbox", "mbox"], "Sent"),
        (["Sent.mbox.gz"], "Sent"),
        (["Maildir", ".Sent", "cur"], "Sent"),
        (["Maildir", ".INBOX.Sent Items", "new"], "Sent Items"),
        ([".Envoy&AOk-s"], "Envoyés"),
        (["R&D-Fragen"], "R&D-Fragen"),
        (["A&-B"], "A&B"),
        (["Archive.sbd", "Junk"], "Junk"),
        (["..", "cur"], ""),
        ([], ""),
    ],
)
def test_a_folder_has_the_name_that_people_see(parts: list[str], name: str) -> None:
    assert folder_name(parts) == name


@pytest.mark.parametrize(
    ("path", "hidden"),
    [
        ("1.eml", False), ("cur/1.host:2,S", False), (".Sent/cur/1", False), ("Inbox", False), ("a/17", False),
        (".DS_Store", True), ("a/._1.eml", True), ("__MACOSX/1.eml", True), ("Inbox.msf", True),
        ("dovecot.index.log", True), ("subscriptions", True), ("a/Thumbs.db", True),
    ],
)  # fmt: skip
def test_files_of_the_system_are_no_mails(path: str, hidden: bool) -> None:
    assert is_hidden(path) is hidden


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
