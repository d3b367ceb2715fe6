"""The fast keyed hash is HMAC-SHA256; a sealed value fits its key and label alone."""

import hmac

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.core.crypto import Keys, Mac, Seal


@given(st.binary(max_size=64), st.binary(max_size=300))
def test_the_keyed_hash_is_hmac_sha256(key: bytes, message: bytes) -> None:
    assert Mac(key)(message) == hmac.digest(key, message, "sha256")


def test_a_sealed_value_comes_back_only_with_its_key_and_label() -> None:
    sealed = Seal(b"a" * 32).seal(b"value", b"label")
    assert Seal(b"a" * 32).unseal(sealed, b"label") == b"value"
    for key, label in ((b"b" * 32, b"label"), (b"a" * 32, b"other")):
        with pytest.raises(InvalidTag):
            Seal(key).unseal(sealed, label)


def test_each_purpose_has_a_key_of_its_own() -> None:
    keys = Keys(b"r" * 32)
    codes = {mac(b"x") for mac in (keys.stream, keys.ids, keys.index, keys.chain)}
    assert len(codes) == 4
