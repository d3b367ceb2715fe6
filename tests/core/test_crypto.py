"""The fast keyed hash is HMAC-SHA256; a sealed value fits its key and label alone."""

import hashlib
import hmac

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.core.crypto import Keys, Mac, Seal, StreamKeys


@given(st.binary(max_size=64), st.binary(max_size=300))
def test_the_keyed_hash_is_hmac_sha256(key: bytes, message: bytes) -> None:
    assert Mac(key)(message) == hmac.digest(key, message, "sha256")


def test_a_sealed_value_comes_back_only_with_its_key_and_label() -> None:
    sealed = Seal(b"a" * 32).seal(b"value", b"label")
    assert Seal(b"a" * 32).unseal(sealed, b"label") == b"value"
    for key, label in ((b"b" * 32, b"label"), (b"a" * 32, b"other")):
        with pytest.raises(InvalidTag):
            Seal(key).unseal(sealed, label)


@pytest.mark.parametrize("label", [(b"ab", b"c"), (b"a", b"bc", b""), (b"abc",), (b"bc", b"a"), ()])
def test_the_parts_of_a_label_do_not_run_into_each_other(label: tuple[bytes, ...]) -> None:
    seal = Seal(b"a" * 32)
    assert seal.unseal(seal.seal(b"value", b"a", b"bc"), b"a", b"bc") == b"value"
    with pytest.raises(InvalidTag):
        seal.unseal(seal.seal(b"value", b"a", b"bc"), *label)


@pytest.mark.parametrize("size", [0, 1, 12, 27])
def test_what_is_too_short_to_be_sealed_does_not_fit_either(size: int) -> None:
    with pytest.raises(InvalidTag):
        Seal(b"a" * 32).unseal(bytes(size))


# ---- keys of streams


@given(st.lists(st.text("0123456789abcdef", min_size=1), unique=True, min_size=1, max_size=9))
def test_a_salt_gives_its_stream_the_same_key_again_and_no_other(streams: list[str]) -> None:
    keys = StreamKeys(b"r" * 32)
    salts, made = keys.make(streams)
    assert [keys.key(s, stream) for s, stream in zip(salts, streams, strict=True)] == made
    assert len({*made, *salts}) == 2 * len(streams)
    assert {len(key) for key in made} == {32}
    for salt in salts:
        assert [stream for stream in streams if keys.is_genuine(salt, stream)] == [
            streams[salts.index(salt)]
        ]


@given(st.integers(0, 22), st.integers(1, 255))
def test_a_salt_with_any_byte_changed_is_none(at: int, by: int) -> None:
    keys = StreamKeys(b"r" * 32)
    [[salt], _] = keys.make(["a" * 32])
    changed = bytearray(salt)
    changed[at] ^= by
    assert not keys.is_genuine(bytes(changed), "a" * 32)
    assert not keys.is_genuine(salt[:at], "a" * 32)
    assert not StreamKeys(b"x" * 32).is_genuine(salt, "a" * 32)


def test_the_key_of_a_stream_is_frozen() -> None:
    """What is stored depends on it for ever."""
    keys, salt = Keys(b"r" * 32), bytes(range(16))
    derived = hashlib.blake2b(
        salt + b"a" * 32,
        key=hmac.digest(b"r" * 32, b"stammkunde stream key", "sha256"),
        digest_size=39,
    ).digest()
    assert keys.stream.key(salt, "a" * 32) == derived[:32]
    assert keys.stream.is_genuine(salt + derived[32:], "a" * 32)
    assert derived.hex().startswith("b3b3f43740046404")


def test_each_purpose_has_a_key_of_its_own() -> None:
    keys = Keys(b"r" * 32)
    codes = {mac(b"x") for mac in (keys.ids, keys.index, keys.chain)}
    assert len(codes) == 3
