"""The few cryptographic tools of the log: a fast keyed hash, derived keys, and sealing of small values."""

from __future__ import annotations

import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_BLOCK = 64
_INNER = bytes(b ^ 0x36 for b in range(256))
_OUTER = bytes(b ^ 0x5C for b in range(256))


class Mac:
    """HMAC-SHA256 (RFC 2104) under one key.

    The two keyed states are kept and copied, which costs half of `hmac.digest` on short messages; a test compares both.
    """

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes) -> None:
        """Key of at most 64 bytes."""
        block = key.ljust(_BLOCK, b"\0")
        self._inner = hashlib.sha256(block.translate(_INNER))
        self._outer = hashlib.sha256(block.translate(_OUTER))

    def __call__(self, message: bytes | bytearray) -> bytes:
        """The 32-byte code of a message."""
        inner = self._inner.copy()
        inner.update(message)
        outer = self._outer.copy()
        outer.update(inner.digest())
        return outer.digest()


class Seal:
    """AES-256-GCM (NIST SP 800-38D) with a random nonce under one long-lived key, for values that are not events.

    The label is authenticated with the value, so that a value can't be moved to another place.
    """

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        """Key of 32 bytes."""
        self._cipher = AESGCM(key)

    def seal(self, value: bytes, label: bytes = b"") -> bytes:
        """Nonce and ciphertext."""
        nonce = os.urandom(12)
        return nonce + self._cipher.encrypt(nonce, value, label)

    def unseal(self, sealed: bytes, label: bytes = b"") -> bytes:
        """The value; raises `cryptography.exceptions.InvalidTag` where key, label or bytes do not fit."""
        return self._cipher.decrypt(sealed[:12], sealed[12:], label)


class Keys:
    """All keys that derive from the root key, each for one purpose (HMAC-SHA256 of its name, as in RFC 5869 expand)."""

    __slots__ = ("chain", "ids", "index", "seal", "stream")

    def __init__(self, root: bytes) -> None:
        """Root of 32 random bytes."""
        derive = Mac(root)
        self.stream = Mac(derive(b"stammkunde stream key"))
        self.ids = Mac(derive(b"stammkunde id key"))
        self.index = Mac(derive(b"stammkunde index key"))
        self.chain = Mac(derive(b"stammkunde chain key"))
        self.seal = Seal(derive(b"stammkunde seal key"))


__all__ = ["AESGCM", "InvalidTag", "Keys", "Mac", "Seal"]
