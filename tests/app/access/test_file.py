"""The file: whose it is, what it holds, and what it never holds."""

import sqlite3
from pathlib import Path
from stat import S_IMODE

import pytest

from stammkunde.app.access.accounts import FILE, Accounts
from stammkunde.app.access.passwords import Passwords
from stammkunde.app.access.refusals import AccessError
from stammkunde.core.errors import HomeError
from tests.app.access.kit import OTHER, PHRASE, QUICK, Clock, seen


def test_the_file_is_its_owners_alone_and_holds_no_secret(accounts: Accounts, path: Path) -> None:
    first = accounts.first_link()
    assert first
    given = [first, PHRASE, OTHER, accounts.claim(first, "Anna", PHRASE), accounts.demo_link()]
    given += [accounts.sign_in("Anna", PHRASE), accounts.add_token("Anna", "Shop", ["read"])[0]]
    with pytest.raises(AccessError):
        accounts.sign_in("typed into the wrong field", OTHER)
    given.append("typed into the wrong field")
    files = list(path.parent.glob(f"{FILE}*"))
    assert {path.name, f"{path.name}-wal"} <= {file.name for file in files}
    assert {S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    stored = b"".join(file.read_bytes() for file in files)
    assert b"Anna" in stored
    assert b"$argon2id$" in stored
    assert [secret for secret in given if secret.encode() in stored] == []
    assert [secret for secret in given if secret.removeprefix("sk_").encode() in stored] == []


def test_all_is_there_again_after_a_restart(accounts: Accounts, path: Path, clock: Clock) -> None:
    accounts.add_user("Anna", "admin", PHRASE)
    secret, (token, _) = (
        accounts.sign_in("Anna", PHRASE),
        accounts.add_token("Anna", "A", ["read"]),
    )
    accounts.close()
    again = Accounts(path, clock, Passwords(QUICK))
    assert seen(again, secret) == "Anna"
    assert again.token(token) is not None
    again.close()


def test_a_file_of_a_newer_version_is_refused(path: Path, clock: Clock) -> None:
    Accounts(path, clock).close()
    newer = sqlite3.connect(path)
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(HomeError, match=r"accounts\.db has format 99"):
        Accounts(path, clock)


def test_who_is_signed_in_reads_on_although_nothing_can_be_written(
    accounts: Accounts, anna: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, (token, _) = accounts.sign_in(anna, PHRASE), accounts.add_token(anna, "A", ["read"])

    def full(_: object) -> None:
        raise HomeError("accounts.db: the disk is full.")

    clock.pass_by(hours=1)
    monkeypatch.setattr(type(accounts._store), "writing", full)
    assert seen(accounts, secret) == anna
    assert accounts.token(token) is not None


def test_a_copied_digest_opens_nothing(accounts: Accounts, anna: str, path: Path) -> None:
    secret = accounts.sign_in(anna, PHRASE)
    (digest,) = sqlite3.connect(path).execute("SELECT digest FROM sessions").fetchone()
    assert accounts.session(secret) is not None
    for copied in (digest.hex(), digest.decode("latin-1")):
        assert accounts.session(copied) is None
