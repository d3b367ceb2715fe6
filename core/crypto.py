"""The few cryptographic tools of the log: a fast keyed hash, derived keys, and sealing of small values."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from stammkunde.core.errors import KeyStoreError, Message

_BLOCK = 64
_NONCE, _TAG = 12, 16
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


class StreamKeys:
    """The keys of streams, each from random bytes of its own: keyed BLAKE2b (RFC 7693) over these and the stream's id.

    One hash gives the key, 32 bytes, and 7 bytes more that are kept beside the random ones as a salt: by them an altered
    salt is told from an altered event. It costs half of HMAC-SHA256.
    """

    RANDOM = 16
    _KEY = 32

    __slots__ = ("_state",)

    def __init__(self, key: bytes) -> None:
        """Key of at most 64 bytes."""
        self._state = hashlib.blake2b(key=key, digest_size=self._KEY + 7)

    def _derive(self, random: bytes, stream: str) -> bytes:
        state = self._state.copy()
        state.update(random + stream.encode())
        return state.digest()

    def make(self, streams: Sequence[str]) -> tuple[list[bytes], list[bytes]]:
        """A new salt and the key for each of some streams."""
        size, key, derive = self.RANDOM, self._KEY, self._derive
        seed = os.urandom(size * len(streams))
        randoms = [seed[at : at + size] for at in range(0, len(seed), size)]
        derived = list(map(derive, randoms, streams))
        salts = [random + code[key:] for random, code in zip(randoms, derived, strict=True)]
        return salts, [code[:key] for code in derived]

    def key(self, salt: bytes, stream: str) -> bytes:
        """The key of a stream by its salt, which is taken at its word."""
        return self._derive(salt[: self.RANDOM], stream)[: self._KEY]

    def is_genuine(self, salt: bytes, stream: str) -> bool:
        """Whether a salt was made here for this very stream."""
        return not self.altered({stream: salt})

    def altered(self, salts: Mapping[str, bytes | None]) -> list[str]:
        """The streams whose salt was not made here for them; a tombstone is no salt. A million take half a second."""
        copy, size, key = self._state.copy, self.RANDOM, self._KEY
        found = []
        for stream, salt in salts.items():
            if salt is not None:
                state = copy()
                state.update(salt[:size] + stream.encode())
                if state.digest()[key:] != salt[size:]:
                    found.append(stream)
        return found


class Seal:
    """AES-256-GCM (NIST SP 800-38D) with a random nonce under one long-lived key, for values that are not events.

    The label, what a value is and whose, is authenticated with it, so that it can't be moved to another place.
    """

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        """Key of 32 bytes."""
        self._cipher = AESGCM(key)

    def seal(self, value: bytes, *label: bytes) -> bytes:
        """Nonce and ciphertext."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, value, _joined(label))

    def unseal(self, sealed: bytes, *label: bytes) -> bytes:
        """The value; raises `cryptography.exceptions.InvalidTag` where key, label or bytes do not fit."""
        if len(sealed) < _NONCE + _TAG:
            raise InvalidTag
        return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], _joined(label))

    def open(self, what: Message, sealed: bytes, *label: bytes) -> bytes:
        """The same; raises `KeyStoreError`, which begins with what could not be opened."""
        try:
            return self.unseal(sealed, *label)
        except InvalidTag:
            raise KeyStoreError(
                "{what} can't be opened: keys.db belongs to another log, or log.db was altered: restore both from the same backup.",
                what=what,
            ) from None


def _joined(label: tuple[bytes, ...]) -> bytes:
    """Each part with its length, so that no two labels come out alike."""
    return b"".join([b"%d:%b" % (len(part), part) for part in label])


class Keys:
    """All keys that derive from the root key, each for one purpose (HMAC-SHA256 of its name, as in RFC 5869 expand)."""

    __slots__ = ("chain", "ids", "index", "seal", "stream")

    def __init__(self, root: bytes) -> None:
        """Root of 32 random bytes."""
        derive = Mac(root)
        self.stream = StreamKeys(derive(b"stammkunde stream key"))
        self.ids = Mac(derive(b"stammkunde id key"))
        self.index = Mac(derive(b"stammkunde index key"))
        self.chain = Mac(derive(b"stammkunde chain key"))
        self.seal = Seal(derive(b"stammkunde seal key"))


__all__ = ["AESGCM", "InvalidTag", "Keys", "Mac", "Seal", "StreamKeys"]
