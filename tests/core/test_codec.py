"""An event becomes bytes and back; older bodies are upcast; nothing private stands in the open part."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from cryptography.exceptions import InvalidTag

from stammkunde.core.codec import Codec, encode, with_handle
from stammkunde.core.errors import HomeError
from stammkunde.core.events import TOPICS, Facts, Open, Private, Topic

KEY = b"0" * 32
NONCE = b"n" * 12
FACTS = Facts(
    item="ab" * 16,
    kind="order_placed",
    channel="shop",
    at=5,
    amount=Decimal("12.50"),
    currency="CHF",
)


class Told(Private, frozen=True, kw_only=True):
    """What version 2 of a made-up event hides."""

    text: str


class Counted(Open, frozen=True, kw_only=True):
    """What version 2 of a made-up event shows."""

    n: int


def upcast(open_: dict[str, Any], private: dict[str, Any]) -> None:
    open_["n"] = open_.pop("count")
    if "words" in private:
        private["text"] = private.pop("words")


OLD = Codec({"made.up": Topic("made.up", Open, Private, version=1)})
NEW = Codec({"made.up": Topic("made.up", Counted, Told, version=2, upcasts={1: upcast})})


def old_state(private: bytes = b'{"words":"hello"}') -> bytes:
    event = OLD.new("s", 1, "made.up", Open())
    raw = msgspec.structs.replace(event, open=b'{"count":3}', private=private)
    return OLD.seal(raw, KEY, NONCE)


def test_money_comes_back_exactly_as_it_was_given() -> None:
    codec = Codec()
    state = codec.seal(codec.new("s", 1, "contact.recorded", FACTS), None, NONCE)
    assert codec.open_part("contact.recorded", state) == FACTS
    assert str(codec.open_part("contact.recorded", state).amount) == "12.50"


def test_an_older_body_is_read_as_the_newest() -> None:
    open_, private = NEW.both_parts("s", 1, "made.up", old_state(), KEY)
    assert (open_, private) == (Counted(n=3), Told(text="hello"))
    assert NEW.open_part("made.up", old_state()) == Counted(n=3)


def test_a_newer_body_and_an_unknown_topic_are_refused() -> None:
    newer = NEW.seal(NEW.new("s", 1, "made.up", Counted(n=1)), None, NONCE)
    with pytest.raises(HomeError, match="update Stammkunde"):
        OLD.open_part("made.up", newer)
    with pytest.raises(HomeError, match=r"made\.up"):
        Codec().open_part("made.up", newer)


@pytest.mark.parametrize("moved", [("t", 1, "made.up"), ("s", 2, "made.up")])
def test_a_private_part_fits_only_its_own_place(moved: tuple[str, int, str]) -> None:
    with pytest.raises(InvalidTag):
        NEW.both_parts(*moved, old_state(), KEY)


def test_a_private_part_fits_only_its_own_open_part() -> None:
    with pytest.raises(InvalidTag):
        NEW.both_parts("s", 1, "made.up", old_state().replace(b'"count":3', b'"count":4'), KEY)


def test_the_handle_is_put_in_front_as_if_it_had_been_encoded() -> None:
    handle = "cd" * 16
    assert with_handle(encode(FACTS), handle) == encode(
        msgspec.structs.replace(FACTS, handle=handle)
    )
    assert with_handle(encode(FACTS), None) == encode(FACTS)


def test_every_topic_is_registered_under_its_own_name() -> None:
    assert all(name == topic.name for name, topic in TOPICS.items())
    assert len({topic.name for topic in TOPICS.values()}) == len(TOPICS)
