"""Passwords: what one must be, and argon2id over it."""

from __future__ import annotations

import unicodedata
from base64 import b64encode
from secrets import token_bytes
from threading import BoundedSemaphore

from argon2 import Parameters, PasswordHasher
from argon2.exceptions import VerifyMismatchError
from argon2.profiles import RFC_9106_LOW_MEMORY

from stammkunde.app.access.refusals import AccessError

LEAST_CHARACTERS = 12
MOST_BYTES = 1024
_AT_ONCE = 2


class Passwords:
    """Hashes and checks passwords, a few at a time: each takes 64 MiB, so that a crowd at the door can't eat the memory."""

    def __init__(self, parameters: Parameters = RFC_9106_LOW_MEMORY) -> None:
        """RFC 9106 §4, second recommended option: t=3, 64 MiB, p=4."""
        self._hasher = PasswordHasher.from_parameters(parameters)
        self._nobodys = _decoy(parameters)
        self._turns = BoundedSemaphore(_AT_ONCE)

    def hash(self, password: str) -> str:
        """The encoded hash of a new password; `AccessError` where it is too short or too long."""
        normal = _normal(password)
        if len(normal) < LEAST_CHARACTERS:
            raise AccessError("short", has=len(normal), more=LEAST_CHARACTERS - len(normal))
        if len(_bytes(normal)) > MOST_BYTES:
            raise AccessError("long", most=MOST_BYTES)
        with self._turns:
            return self._hasher.hash(_bytes(normal))

    def fits(self, hash_: str | None, password: str) -> bool:
        """Whether it is the password. Without a hash it takes as long to say no, and tells nothing of who exists."""
        given = _bytes(_normal(password[: MOST_BYTES + 1]))
        if len(given) > MOST_BYTES:
            hash_, given = None, b""
        try:
            with self._turns:
                return self._hasher.verify(hash_ or self._nobodys, given)
        except VerifyMismatchError:
            return False

    def is_outdated(self, hash_: str) -> bool:
        """Whether a hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(hash_)


def _normal(password: str) -> str:
    """RFC 8265 §4.2 (OpaqueString): the same password whichever keyboard composed its letters and spaces."""
    spaced = "".join(" " if unicodedata.category(each) == "Zs" else each for each in password)
    return unicodedata.normalize("NFC", spaced)


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")


def _decoy(parameters: Parameters) -> str:
    """A hash of nothing: random bytes, which cost as much to check as a real one."""

    def random(length: int) -> str:
        return b64encode(token_bytes(length)).decode().rstrip("=")

    p = parameters
    cost = f"m={p.memory_cost},t={p.time_cost},p={p.parallelism}"
    return f"$argon2id$v={p.version}${cost}${random(p.salt_len)}${random(p.hash_len)}"
