"""What the folder of a mail decides, and how it is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from stammkunde.connectors.contract import read
from stammkunde.connectors.mailbox.folder import folder_name, is_hidden
from tests.connectors.mailbox.samples import DATED, mail, mailbox


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
