"""Every way in which mails lie in files: Maildir, trees, archives, compressed ones."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from stammkunde.connectors.contract import read
from stammkunde.connectors.mailbox import Mailbox
from stammkunde.connectors.mailbox.cursor import Progress
from stammkunde.connectors.mailbox.store import Mail, stores_of
from tests.connectors.mailbox.samples import DATED, mail, mailbox, mails, pack, subjects


def found(path: Path) -> list[Mail]:
    items = [item for store in stores_of([str(path)]) for item in store.mails(Progress())]
    return [item for item in items if isinstance(item, Mail)]


def maildir(folder: Path, files: dict[str, bytes]) -> Path:
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


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
