"""How an event becomes bytes and back: framing, JSON, encryption under the stream's key, upcasting.

A state is: format (1 byte), body version (1 byte), length of the open part (4 bytes, big-endian), the open part as JSON,
and, where there is something to hide, a nonce (12 bytes) and the AES-256-GCM ciphertext of the private part with its tag
(16 bytes). Stream, stream version, topic and all bytes before the nonce are authenticated with it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import msgspec

from stammkunde.core.crypto import AESGCM
from stammkunde.core.errors import HomeError
from stammkunde.core.events import TOPICS, NewEvent, Open, Private, Topic

FORMAT = 1
_encode = msgspec.json.Encoder(decimal_format="string").encode
EMPTY = b"{}"

Decode = Callable[[bytes], Any]


def _decoders(topic: Topic) -> tuple[Decode, Decode]:
    return msgspec.json.Decoder(topic.open).decode, msgspec.json.Decoder(topic.private).decode


class Codec:
    """Encodes and decodes events of the registered topics."""

    def __init__(self, topics: dict[str, Topic] = TOPICS) -> None:
        """Topics by name; a stored topic that is missing here is of a newer version of the program."""
        self._topics = topics
        self._decode = {name: _decoders(topic) for name, topic in topics.items()}
        self._prefix = {name: bytes((FORMAT, topic.version)) for name, topic in topics.items()}

    def new(
        self, stream: str, version: int, topic: str, open_: Open, private: Private | None = None
    ) -> NewEvent:
        """An event to append; None for a private part that holds nothing."""
        return NewEvent(
            stream, version, topic, _encode(open_), _encode(private) if private else b""
        )

    def seal(self, event: NewEvent, key: bytes | None) -> bytes:
        """The state of an event, its private part encrypted under the key of its stream.

        Without a key, as after erasure, the private part is left out: nothing personal is written for an erased stream.
        """
        open_ = event.open
        clear = self._prefix[event.topic] + len(open_).to_bytes(4, "big") + open_
        if not event.private or key is None:
            return clear
        nonce = os.urandom(12)
        aad = f"{event.stream}{event.version} {event.topic}".encode() + clear
        return b"".join((clear, nonce, AESGCM(key).encrypt(nonce, event.private, aad)))

    def open_part(self, topic: str, state: bytes) -> Any:
        """The open part alone."""
        end = 6 + int.from_bytes(state[2:6], "big")
        known = self._known(topic, state)
        if state[1] == known.version:
            return self._decode[topic][0](state[6:end])
        return self._upcast(known, state[1], state[6:end], EMPTY)[0]

    def is_sealed(self, state: bytes) -> bool:
        """Whether a state has a private part."""
        return len(state) > 6 + int.from_bytes(state[2:6], "big")

    def both_parts(
        self, stream: str, version: int, topic: str, state: bytes, key: bytes
    ) -> tuple[Any, Any]:
        """Open and private part; raises `InvalidTag` where key and bytes do not fit."""
        end = 6 + int.from_bytes(state[2:6], "big")
        clear = state[:end]
        aad = f"{stream}{version} {topic}".encode() + clear
        private = AESGCM(key).decrypt(state[end : end + 12], state[end + 12 :], aad)
        known = self._known(topic, state)
        if state[1] == known.version:
            decode_open, decode_private = self._decode[topic]
            return decode_open(clear[6:]), decode_private(private)
        return self._upcast(known, state[1], clear[6:], private)

    def _known(self, topic: str, state: bytes) -> Topic:
        known = self._topics.get(topic)
        if known is None or state[0] > FORMAT or state[1] > known.version:
            raise HomeError(
                f"The log holds an event “{topic}” of a newer version: update Stammkunde."
            )
        return known

    @staticmethod
    def _upcast(topic: Topic, version: int, open_: bytes, private: bytes) -> tuple[Any, Any]:
        opened, hidden = msgspec.json.decode(open_), msgspec.json.decode(private)
        for older in range(version, topic.version):
            topic.upcasts[older](opened, hidden)
        decode = msgspec.convert
        return (
            decode(opened, topic.open, strict=False),
            decode(hidden, topic.private, strict=False) if private is not EMPTY else None,
        )


def encode(part: msgspec.Struct) -> bytes:
    """A part as JSON; Decimal as text, exactly as given."""
    return _encode(part)


def with_handle(facts: bytes, handle: str | None) -> bytes:
    """The open part of a contact with its handle put in; it is known only under the log's lock, the rest before."""
    return b'{"handle":"%b",%b' % (handle.encode(), facts[1:]) if handle else facts
