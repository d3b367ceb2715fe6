"""Who may come in: users, their sessions, tokens and one-time links, in `accounts.db` beside the log and never in it.

Safe under several threads and processes: what is decided is decided under the file's lock, in one transaction that is on
the disk when the method returns. No method takes or gives back a hash; secrets are given once and stored as digests.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from stammkunde.app.access import attempts, devices, links, secrets, sessions, tokens, users
from stammkunde.app.access.moments import stored
from stammkunde.app.access.passwords import Passwords
from stammkunde.app.access.records import Link, Session, Token, User
from stammkunde.app.access.refusals import AccessError
from stammkunde.app.access.rights import Right, Role
from stammkunde.core.errors import HomeError
from stammkunde.core.log.datastore import Datastore

FILE = "accounts.db"
DEMO = "Demo"
"""The user whom a demo's link signs in as; he has no password."""

_STEPS = (
    (users.TABLE, sessions.TABLE, tokens.TABLE, links.TABLE, attempts.TABLE),
    (devices.TABLE,),
)
"""The tables that each format added to the one before."""
FORMAT = len(_STEPS)


class Accounts:
    """The accounts of one home. Times are aware; `AccessError` says what is refused, `HomeError` what the disk refuses."""

    def __init__(
        self, path: Path, now: Callable[[], datetime], passwords: Passwords | None = None
    ) -> None:
        """Opens the file, or makes it, readable by its owner alone. `now` is the real time, not that of a demo."""
        self._store = Datastore(path)
        self._clock = now
        self._passwords = passwords or Passwords()
        if self._format() != FORMAT:
            self._make()

    def close(self) -> None:
        """Close the file."""
        self._store.close()

    # ---- users

    def users(self) -> list[User]:
        """Everybody, the disabled too, by name."""
        with self._store.reading() as cursor:
            return users.everyone(cursor)

    def user(self, name: str) -> User:
        """One of them; names are the same whatever their case."""
        with self._store.reading() as cursor:
            return users.known(cursor, name)

    def add_user(self, name: str, role: Role, password: str, language: str = "") -> User:
        """A new user, after whom no link makes a first admin any more."""
        proper, hash_ = users.proper_name(name), self._passwords.hash(password)
        with self._store.writing() as cursor:
            links.drop(cursor, "first")
            return users.add(cursor, proper, role, hash_, language, self._now())

    def set_role(self, name: str, role: Role) -> User:
        """Another role, which holds at once; sessions of the user get new secrets. The last admin stays admin."""
        with self._store.writing() as cursor:
            user = users.known(cursor, name)
            if role != user.role:
                if role != "admin":
                    users.keep_an_admin(cursor, user)
                cursor.execute("UPDATE users SET role = ? WHERE number = ?", (role, user.number))
                sessions.outdate(cursor, user)
            return users.known(cursor, name)

    def set_password(self, name: str, password: str) -> User:
        """Another password. All sessions of the user end, and so does waiting after failures."""
        hash_ = self._passwords.hash(password)
        with self._store.writing() as cursor:
            user = users.known(cursor, name)
            cursor.execute("UPDATE users SET hash = ? WHERE number = ?", (hash_, user.number))
            sessions.end_all(cursor, user)
            attempts.clear_user(cursor, user.number)
            return user

    def set_language(self, name: str, language: str) -> User:
        """The language of the user's pages; empty for the browser's."""
        with self._store.writing() as cursor:
            number = users.known(cursor, name).number
            cursor.execute("UPDATE users SET language = ? WHERE number = ?", (language, number))
            return users.known(cursor, name)

    def disable(self, name: str) -> User:
        """Keep a user out: sessions end, tokens rest. Not the last admin."""
        with self._store.writing() as cursor:
            user = users.known(cursor, name)
            users.keep_an_admin(cursor, user)
            cursor.execute("UPDATE users SET disabled = 1 WHERE number = ?", (user.number,))
            sessions.end_all(cursor, user)
            return users.known(cursor, name)

    def enable(self, name: str) -> User:
        """Let a user in again, tokens included."""
        with self._store.writing() as cursor:
            user = users.known(cursor, name)
            cursor.execute("UPDATE users SET disabled = 0 WHERE number = ?", (user.number,))
            attempts.clear_user(cursor, user.number)
            return users.known(cursor, name)

    # ---- signing in

    def authenticate(self, name: str, password: str, device: str = "") -> User:
        """The user whose password it is; `AccessError` `wrong`, or `wait` after too many failures.

        `device` is the secret of the device he comes from, if it has one: where he signed in from there before, only
        the failures of that device count.
        """
        user, _, door = self._checked(name, password, device)
        with self._store.writing() as cursor:
            attempts.clear(cursor, door)
        return user

    def sign_in(self, name: str, password: str, previous: str = "", device: str = "") -> str:
        """A new session's secret, for the cookie; the session of the `previous` one ends. Refuses as `authenticate`."""
        user, hash_, door = self._checked(name, password, device)
        renewed = self._passwords.hash(password) if self._passwords.is_outdated(hash_) else hash_
        with self._store.writing() as cursor:
            # the password may have been changed, or the user disabled, while this one was checked
            same = cursor.execute(
                "UPDATE users SET hash = ? WHERE number = ? AND hash = ? AND NOT disabled",
                (renewed, user.number, hash_),
            )
            if not same.rowcount:
                raise AccessError("wrong")
            attempts.clear(cursor, door)
            return self._begin(cursor, users.known(cursor, user.name), previous)

    def known_device(self, session: str, device: str = "") -> str:
        """The secret of the device from which this session was begun: the one it has, or a new one."""
        with self._store.writing() as cursor:
            now = self._now()
            pair = sessions.found(cursor, secrets.digest(session), now)
            if pair is None:
                return ""
            digest = secrets.digest(device)
            if not devices.is_known(cursor, digest, None, now):  # what a stranger chose is none
                device, digest = secrets.made()
            devices.note(cursor, digest, pair[0].user.number, now)
            return device

    def session(self, secret: str) -> Session | None:
        """Who holds this secret: None where nobody does any more, after twelve idle hours or seven days."""
        digest, now = secrets.digest(secret), self._now()
        with self._store.reading() as cursor:
            pair = sessions.found(cursor, digest, now)
        if pair is None:
            return None
        session, is_due = pair
        if is_due:
            self._note(sessions.note, digest, now)
        return session

    def rotate(self, secret: str) -> str | None:
        """The new secret of a session that `is_outdated`; None where another request got it: then the old one still does."""
        with self._store.writing() as cursor:
            return sessions.rotate(cursor, secrets.digest(secret), self._now())

    def sign_out(self, secret: str) -> None:
        """End a session; one that is over already is none."""
        with self._store.writing() as cursor:
            sessions.end(cursor, secrets.digest(secret))

    def sweep(self) -> None:
        """Delete what is over: sessions, links, failures. Every sign-in does it too."""
        with self._store.writing() as cursor:
            self._sweep(cursor)

    # ---- tokens

    def add_token(self, owner: str, name: str, scopes: Collection[Right]) -> tuple[str, Token]:
        """A new token and its secret, which is shown this once."""
        proper = users.proper_name(name)
        with self._store.writing() as cursor:
            return tokens.add(cursor, users.known(cursor, owner), proper, scopes, self._now())

    def token(self, secret: str) -> Token | None:
        """The token of this secret; None where it is revoked, or its owner disabled."""
        if not secret.startswith(tokens.PREFIX):
            return None
        digest, now = secrets.digest(secret), self._now()
        with self._store.reading() as cursor:
            pair = tokens.found(cursor, digest, now)
        if pair is None:
            return None
        token, is_due = pair
        if is_due:
            self._note(tokens.note, digest, now)
        return token

    def revoke_token(self, number: int) -> None:
        """End a token for good."""
        with self._store.writing() as cursor:
            tokens.revoke(cursor, number, self._now())

    def tokens(self) -> list[Token]:
        """All tokens, the revoked too, oldest first."""
        with self._store.reading() as cursor:
            return tokens.everything(cursor)

    # ---- one-time links

    def first_link(self) -> str | None:
        """The secret of a link by which the first admin is made, for 24 hours; None where there is a user already."""
        with self._store.writing() as cursor:
            return links.add(cursor, "first", self._now()) if users.is_empty(cursor) else None

    def demo_link(self) -> str:
        """The secret of a link that signs in without a password, for 24 hours: for a made-up company only."""
        with self._store.writing() as cursor:
            return links.add(cursor, "demo", self._now())

    def link(self, secret: str) -> Link | None:
        """What a link is good for, without using it; None where it is good no longer."""
        with self._store.reading() as cursor:
            return links.found(cursor, secrets.digest(secret), self._now())

    def claim(self, secret: str, name: str, password: str, language: str = "") -> str:
        """Use a `first` link: the first admin is made, and a session's secret. A bad name or password does not use it up."""
        if self.link(secret) is None:
            raise AccessError("link")
        proper, hash_ = users.proper_name(name), self._passwords.hash(password)
        with self._store.writing() as cursor:
            now = self._now()
            links.use(cursor, secrets.digest(secret), "first", now)
            admin = users.add(cursor, proper, "admin", hash_, language, now)
            return self._begin(cursor, admin)

    def enter(self, secret: str) -> str:
        """Use a `demo` link: a session's secret, of an admin without a password."""
        with self._store.writing() as cursor:
            now = self._now()
            links.use(cursor, secrets.digest(secret), "demo", now)
            pair = users.found(cursor, DEMO)
            user = pair[0] if pair else users.add(cursor, DEMO, "admin", None, "", now)
            if user.disabled:
                raise AccessError("link")
            return self._begin(cursor, user)

    # ---- within

    def _now(self) -> int:
        return stored(self._clock())

    def _checked(self, name: str, password: str, device: str) -> tuple[User, str, str]:
        """A user, the hash that the password fits, and the door at which the attempt stays counted as failed."""
        with self._store.writing() as cursor:
            pair = users.found(cursor, name)
            door = (
                self._door(cursor, pair[0].number, device) if pair else attempts.stranger_door(name)
            )
            attempts.count(cursor, door, self._now())
        hash_ = pair[1] if pair else None
        fits = self._passwords.fits(hash_, password)
        if pair is None or hash_ is None or pair[0].disabled or not fits:
            raise AccessError("wrong")
        return pair[0], hash_, door

    def _door(self, cursor: sqlite3.Cursor, number: int, device: str) -> str:
        digest = secrets.digest(device)
        if device and devices.is_known(cursor, digest, number, self._now()):
            return attempts.device_door(number, digest)
        return attempts.user_door(number)

    def _begin(self, cursor: sqlite3.Cursor, user: User, previous: str = "") -> str:
        if previous:
            sessions.end(cursor, secrets.digest(previous))
        self._sweep(cursor)
        return sessions.begin(cursor, user, self._now())

    def _sweep(self, cursor: sqlite3.Cursor) -> None:
        for table in (sessions, links, attempts, devices):
            table.sweep(cursor, self._now())

    def _note(
        self, note: Callable[[sqlite3.Cursor, bytes, int], None], digest: bytes, now: int
    ) -> None:
        """When something was last used. Where it can't be written, as on a full disk, one may read all the same."""
        with suppress(HomeError), self._store.writing() as cursor:
            note(cursor, digest, now)

    def _format(self) -> int:
        with self._store.reading() as cursor:
            number: int = cursor.execute("PRAGMA user_version").fetchone()[0]
        if number > FORMAT:
            raise HomeError(
                "{file} has format {number}, this program knows up to {known}: update Stammkunde.",
                file=FILE,
                number=number,
                known=FORMAT,
            )
        return number

    def _make(self) -> None:
        with self._store.writing() as cursor:
            known = cursor.execute("PRAGMA user_version").fetchone()[0]
            for tables in _STEPS[known:]:
                for table in tables:
                    cursor.execute(table)
            cursor.execute(f"PRAGMA user_version = {FORMAT}")
