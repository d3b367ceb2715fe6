"""How an event becomes bytes and back: framing, JSON, encryption under the stream's key, upcasting.

A state is: format (1 byte), body version (1 byte), length of the open part (4 bytes, big-endian), the open part as JSON,
and, where there is something to hide, a nonce (12 bytes) and the AES-256-GCM ciphertext of the private part with its tag
(16 bytes). Stream, stream version, topic and all bytes before the nonce are authenticated with it. What was to be hidden
after the stream's key was destroyed is a single zero byte.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from typing import Any, NamedTuple

import msgspec

from stammkunde.core.crypto import AESGCM
from stammkunde.core.errors import HomeError
from stammkunde.core.events import TOPICS, NewEvent, Open, Private, Topic

FORMAT = 1
encode = msgspec.json.Encoder(decimal_format="string").encode
"""A part as JSON; Decimal as text, exactly as given."""
EMPTY = b"{}"
_length = Struct(">I").unpack_from
WITHHELD = b"\0"

Decode = Callable[[bytes], Any]


class Known(NamedTuple):
    """A topic ready for use."""

    topic: Topic
    version: int
    decode_open: Decode
    decode_private: Decode


class Codec:
    """Encodes and decodes events of the registered topics."""

    def __init__(self, topics: dict[str, Topic] = TOPICS) -> None:
        """Topics by name; a stored topic that is missing here is of a newer version of the program."""
        self.known = {
            name: Known(
                topic,
                topic.version,
                msgspec.json.Decoder(topic.open).decode,
                msgspec.json.Decoder(topic.private).decode,
            )
            for name, topic in topics.items()
        }
        self._prefix = {name: bytes((FORMAT, topic.version)) for name, topic in topics.items()}

    def new(
        self, stream: str, version: int, topic: str, open_: Open, private: Private | None = None
    ) -> NewEvent:
        """An event to append; None for a private part that holds nothing."""
        return NewEvent(stream, version, topic, encode(open_), encode(private) if private else b"")

    def seal(self, event: NewEvent, key: bytes | None, nonce: bytes) -> bytes:
        """The state of an event, its private part encrypted under the key of its stream with a nonce of 12 random bytes.

        Without a key, as after erasure, the private part is left out: nothing personal is written for an erased stream.
        One byte in its place tells it from an event that never hid anything.
        """
        open_ = event.open
        clear = self._prefix[event.topic] + len(open_).to_bytes(4, "big") + open_
        if not event.private:
            return clear
        if key is None:
            return clear + WITHHELD
        aad = f"{event.stream}{event.version} {event.topic}".encode() + clear
        return clear + nonce + AESGCM(key).encrypt(nonce, event.private, aad)

    def open_part(self, topic: str, state: bytes) -> Any:
        """The open part alone."""
        known = self.known.get(topic)
        if known is None or state[1] != known.version:
            return self._other_version(topic, state, EMPTY)[0]
        return known.decode_open(state[6 : 6 + _length(state, 2)[0]])

    def both_parts(
        self, stream: str, version: int, topic: str, state: bytes, key: bytes
    ) -> tuple[Any, Any]:
        """Open and private part, None where nothing is hidden; raises `InvalidTag` where key and bytes do not fit."""
        end = 6 + _length(state, 2)[0]
        if len(state) == end:
            return self.open_part(topic, state), None
        clear = state[:end]
        aad = f"{stream}{version} {topic}".encode() + clear
        private = AESGCM(key).decrypt(state[end : end + 12], state[end + 12 :], aad)
        known = self.known.get(topic)
        if known is None or state[1] != known.version:
            return self._other_version(topic, state, private)
        return known.decode_open(clear[6:]), known.decode_private(private)

    def _other_version(self, topic: str, state: bytes, private: bytes) -> tuple[Any, Any]:
        """A body that is older than ours, upcast; one that is newer is refused."""
        known = self.known.get(topic)
        if known is None or state[0] > FORMAT or state[1] > known.version:
            raise HomeError(
                "The log holds an event “{topic}” of a newer version: update Stammkunde.",
                topic=topic,
            )
        end = 6 + int.from_bytes(state[2:6], "big")
        opened, hidden = msgspec.json.decode(state[6:end]), msgspec.json.decode(private)
        for older in range(state[1], known.version):
            known.topic.upcasts[older](opened, hidden)
        return (
            msgspec.convert(opened, known.topic.open, strict=False),
            None
            if private is EMPTY
            else msgspec.convert(hidden, known.topic.private, strict=False),
        )


def is_sealed(state: bytes) -> bool:
    """Whether a state has a private part, be it a withheld one."""
    return len(state) > 6 + int.from_bytes(state[2:6], "big")


def with_handle(facts: bytes, handle: str | None) -> bytes:
    """The open part of a contact with its handle put in; it is known only under the log's lock, the rest before."""
    return b'{"handle":"%b",%b' % (handle.encode(), facts[1:]) if handle else facts
