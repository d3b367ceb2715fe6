"""JSON values out of a file, whatever its form, and past what is broken."""

import gzip
import io
import json
import lzma
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stammkunde.connectors.contract import read
from stammkunde.connectors.woocommerce.documents import BROKEN, NOT_UTF8, documents
from tests.connectors.woocommerce.samples import (
    connector,
    order,
)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([order(), order(id=8)]),
        json.dumps([order(), order(id=8)], indent=2),
        json.dumps(order()) + "\n" + json.dumps(order(id=8)) + "\n",
        json.dumps({"_provenance": {}, "data": [order(), order(id=8)]}, indent=1),
        json.dumps({"_provenance": {}, "data": {"status": 200, "headers": {}, "body": [order(), order(id=8)]}}),
        json.dumps({"status": 200, "body": [order(), order(id=8)]}),
        "\ufeff" + json.dumps([order(), order(id=8)], ensure_ascii=False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("suffix", ["", ".gz", ".xz"])
def test_every_form_of_a_file_is_read_alike(tmp_path: Path, text: str, suffix: str) -> None:
    path = tmp_path / f"orders.json{suffix}"
    content = text.encode()
    packed = {"": content, ".gz": gzip.compress(content), ".xz": lzma.compress(content)}
    path.write_bytes(packed[suffix])
    assert [contact.order for contact in read(connector(path)).contacts] == ["7", "8"]
    assert [contact.order for contact in read(connector(tmp_path)).contacts] == ["7", "8"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[{"a": 1.50}, 2', [{"a": Decimal("1.50")}, 2]),
        ('[1, {"a": ', [1, BROKEN]),
        ('{"a": }\n{"b": 1}\n', [BROKEN, {"b": 1}]),
        (
            '[{"id":1,"parent_id":0,"x": },{"id":2,"parent_id":0}]',
            [BROKEN, {"id": 2, "parent_id": 0}],
        ),
        ("[" * 100_000, [BROKEN]),
        ('{"a": NaN}', [BROKEN]),
        ("", []),
        ("[]", []),
        ("[1] {}", [1, {}]),
    ],
)
def test_values_are_taken_one_by_one_past_what_is_broken(text: str, expected: list[object]) -> None:
    found = list(documents(io.BytesIO(text.encode())))
    values = [document.flaw or document.value for document in found]
    assert values == expected


def test_a_letter_that_is_not_utf8_rejects_its_value_alone() -> None:
    raw = b'{"a":"K\xe4se"}\n{"a":"Milch"}'
    found = list(documents(io.BytesIO(raw)))
    assert [document.flaw for document in found] == [NOT_UTF8, ""]
    assert found[0].raw == b'{"a":"K\xe4se"}'


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=40), max_size=6), st.integers(1, 50), st.booleans())
def test_values_do_not_depend_on_where_a_block_ends(
    texts: list[str],
    block: int,
    as_lines: bool,
) -> None:
    values = [{"text": text} for text in texts]
    text = "\n".join(map(json.dumps, values)) if as_lines else json.dumps(values)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("stammkunde.connectors.woocommerce.documents._BLOCK", block)
        assert [document.value for document in documents(io.BytesIO(text.encode()))] == values
