"""A real server: what happens in a mail box, and what becomes of it in the log."""

import re
from collections import Counter
from collections.abc import Callable

from stammkunde.connectors.contract import DictMemory
from tests.connectors.imap.accounts import Account, imap_of
from tests.connectors.imap.conftest import Reads
from tests.connectors.imap.dovecot import Dovecot
from tests.connectors.mailbox.samples import mail

Accounts = Callable[..., Account]


def numbered(first: int, last: int) -> list[bytes]:
    return [mail(number) for number in range(first, last + 1)]


def once(first: int, last: int) -> Counter[str]:
    return Counter(f"Mail {number}" for number in range(first, last + 1))


def sent(number: int) -> bytes:
    return (
        f"Message-ID: <s{number}@muster-velo.example>\nDate: Fri, 20 Nov 2026 12:{number:02}:00 +0100\n"
        f"From: info@muster-velo.example\nTo: kunde{number}@example.com\nSubject: Antwort {number}\n\nGern.\n"
    ).encode()


def test_a_mail_box_is_read_and_stays_as_it_was(dovecot: Dovecot, account: Accounts) -> None:
    dovecot.drop("INBOX", *numbered(1, 30))
    dovecot.drop("Sent", sent(1), sent(2))
    before = dovecot.contents()
    reader = account()
    reader.connector.check()
    counts = reader.sync()
    assert (counts.recorded, counts.rejected) == (32, 0)
    assert reader.subjects() == once(1, 30) + Counter(["Antwort 1", "Antwort 2"])
    assert reader.sync().items == 0
    reader.holdings()
    assert dovecot.contents() == before
    with dovecot.client() as client:
        client.select_folder("INBOX", readonly=True)
        assert client.search("SEEN") == []
        assert client.search("RECENT") == list(range(1, 31))


def test_the_newest_mail_comes_first(dovecot: Dovecot, account: Accounts) -> None:
    dovecot.drop("INBOX", *numbered(1, 25))
    reader = account(batch=5)
    reader.connector.batch = 5
    reader.sync(batches=2)
    assert reader.subjects() == once(16, 25)
    dovecot.drop("INBOX", mail(26))
    reader.sync(batches=1)
    assert "Mail 26" in reader.subjects()
    reader.sync()
    assert reader.subjects() == once(1, 26)


def test_killed_after_any_batch_nothing_is_lost_or_doubled(
    dovecot: Dovecot, account: Accounts
) -> None:
    dovecot.drop("INBOX", *numbered(1, 30))
    dovecot.drop("Sent", sent(1), sent(2))
    reader = account(batch=4, pipeline=2)
    reader.connector.batch = 4
    read = 0
    for _ in range(40):
        counts = reader.sync(batches=1)
        assert counts.duplicates == 0
        read += counts.recorded
    assert read == 32
    assert set(reader.subjects().values()) == {1}


def test_new_mail_is_read_and_nothing_else(dovecot: Dovecot, account: Accounts) -> None:
    dovecot.drop("INBOX", *numbered(1, 5))
    reader = account()
    reader.sync()
    dovecot.drop("INBOX", mail(6))
    assert reader.sync().items == 1
    assert reader.subjects() == once(1, 6)


def test_flags_are_nobodys_business(dovecot: Dovecot, account: Accounts) -> None:
    dovecot.drop("INBOX", *numbered(1, 5))
    reader = account()
    reader.sync()
    with dovecot.client() as client:
        client.select_folder("INBOX")
        client.add_flags([1, 2], [b"\\Seen", b"\\Answered"])
    before = dovecot.contents()
    assert reader.sync().items == 0
    assert dovecot.contents() == before


def test_a_moved_mail_is_known(dovecot: Dovecot, account: Accounts) -> None:
    dovecot.drop("INBOX", *numbered(1, 5))
    dovecot.drop("Archiv", mail(9))
    reader = account(folders=["*"])
    reader.sync()
    with dovecot.client() as client:
        client.select_folder("INBOX")
        client.move([2, 3], "Archiv")
    counts = reader.sync()
    assert (counts.recorded, counts.duplicates) == (0, 2)
    assert reader.subjects() == once(1, 5) + Counter(["Mail 9"])


def test_a_deleted_mail_deletes_nothing_and_is_a_named_gap(
    dovecot: Dovecot, account: Accounts
) -> None:
    dovecot.drop("INBOX", *numbered(1, 8))
    reader = account()
    reader.sync()
    assert reader.holdings()["INBOX"].gone == ()
    with dovecot.client() as client:
        client.select_folder("INBOX")
        client.delete_messages([3, 5, 6])
        client.expunge()
    assert reader.sync().items == 0
    inbox = reader.holdings()["INBOX"]
    assert (inbox.held, inbox.read, inbox.missing, inbox.gone) == (5, 5, (), ("3", "5–6"))
    assert reader.subjects() == once(1, 8)


def test_a_mail_that_was_passed_over_is_named_and_read_with_the_next_pass(
    dovecot: Dovecot, account: Accounts
) -> None:
    dovecot.drop("INBOX", *numbered(1, 8))
    reader = account()
    feed = reader.feed()
    blind = DictMemory()
    for batch in reader.connector.fetch(None, blind):
        forgetful = {
            key: None if value == b"1:8" else value for key, value in batch.remember.items()
        }
        assert forgetful != batch.remember
        feed.record(type(batch)(cursor=batch.cursor, remember=forgetful))
    inbox = reader.holdings()["INBOX"]
    assert (inbox.held, inbox.read, inbox.missing) == (8, 0, ("1–8",))
    reader.sync()
    assert reader.subjects() == once(1, 8)
    assert reader.holdings()["INBOX"].missing == ()


def test_a_folder_numbered_anew_is_read_anew_without_a_second_contact(
    dovecot: Dovecot, account: Accounts
) -> None:
    dovecot.drop("INBOX", *numbered(1, 6))
    reader = account()
    reader.sync()
    dovecot.stop()
    for index in dovecot.maildir.glob("dovecot.*"):
        index.unlink()
    numbers = dovecot.maildir / "dovecot-uidlist"
    numbers.write_text(
        re.sub(r" V(\d+) ", lambda old: f" V{int(old[1]) + 9} ", numbers.read_text())
    )
    next((dovecot.maildir / "cur").iterdir()).unlink()
    dovecot.start()
    counts = reader.sync()
    assert (counts.recorded, counts.duplicates) == (0, 5)
    assert reader.subjects() == once(1, 6)
    inbox = reader.holdings()["INBOX"]
    assert (inbox.held, inbox.read, inbox.missing, inbox.gone) == (5, 5, (), ())


def test_a_renamed_folder_is_the_same_mails(dovecot: Dovecot, account: Accounts) -> None:
    dovecot.drop("INBOX", mail(1))
    dovecot.drop("Kunden", *numbered(2, 5))
    reader = account(folders=["*"])
    reader.sync()
    with dovecot.client() as client:
        client.rename_folder("Kunden", "Kundschaft")
    reader.connector.close()
    counts = reader.sync()
    assert (counts.recorded, counts.duplicates) == (0, 4)
    assert reader.subjects() == once(1, 5)


def test_a_server_that_was_restarted_is_read_on(dovecot: Dovecot, account: Accounts) -> None:
    dovecot.drop("INBOX", *numbered(1, 3))
    reader = account()
    reader.sync()
    dovecot.kill()
    dovecot.drop("INBOX", mail(4))
    dovecot.start()
    assert reader.sync().recorded == 1
    assert reader.subjects() == once(1, 4)


def test_the_same_mail_in_two_accounts_is_one_contact(
    dovecot: Dovecot, account: Accounts, reads: Reads
) -> None:
    dovecot.drop("INBOX", *numbered(1, 3))
    reader = account()
    reader.sync()
    own, reader.connector, reader.source = reader.connector, imap_of(dovecot, "zweit"), "zweit"
    counts = reader.sync()
    own.close()
    assert (counts.recorded, counts.duplicates) == (0, 3)


def test_private_mails_are_counted_and_never_stored(dovecot: Dovecot, account: Accounts) -> None:
    dovecot.drop("INBOX", mail(1), mail(2).replace(b"Mail 2", b"[Privat] Arzt"))
    dovecot.drop("INBOX", mail(3).replace(b"Subject", b"Sensitivity: private\nSubject"))
    dovecot.drop("Persönlich".encode("utf-7").decode().replace("+", "&"), *numbered(4, 5))
    reader = account(
        folders=["inbox", "Persönlich"],
        private_folders=["persönlich"],
        private_subject="[privat]",
        private_headers=["Sensitivity: Private"],
    )
    counts = reader.sync()
    assert reader.subjects() == once(1, 1)
    assert counts.ignored == {"marked private": 4}
    assert reader.sync().items == 0
    assert {name: each.missing for name, each in reader.holdings().items()} == {
        "INBOX": (),
        "Persönlich": (),
    }
