"""The recovery sheet: the master key on paper, in rows that are typed back and tell in which of them a slip is."""

from __future__ import annotations

import hashlib
import re

from stammkunde.core.errors import KeyStoreError

_VERSION = 1
_ROWS, _BYTES = 4, 8
_ROW = re.compile(r"\W*sk(\d+)-(\d)\W*(.*)")
_LOOKALIKES = str.maketrans("oli", "011")


def recovery_rows(master: bytes) -> list[str]:
    """A master key of 32 bytes as four rows `SK1-2  3f2a 91c0 77de 01ab  5c10`.

    Each holds the version of this form, its own number, 8 bytes of the key and a checksum of 2 bytes, in hex digits.
    """
    rows = []
    for number in range(1, _ROWS + 1):
        part = master[(number - 1) * _BYTES : number * _BYTES]
        rows.append(f"SK{_VERSION}-{number}  {part.hex(' ', 2)}  {_checksum(number, part).hex()}")
    return rows


def recovered_key(text: str) -> bytes:
    """The master key that a recovery sheet holds; what else stands on it is left aside.

    Case, spaces and hyphens do not matter, nor o, l and i for 0 and 1. `KeyStoreError` names the row that does not fit.
    """
    parts: dict[int, bytes] = {}
    for line in text.splitlines():
        found = _ROW.fullmatch(line.strip().lower().translate(_LOOKALIKES))
        if found is None:
            continue
        if int(found[1]) != _VERSION:
            raise KeyStoreError(
                "The recovery sheet has form {version}, this program knows 1: update Stammkunde.",
                version=found[1],
            )
        parts[int(found[2])] = _part(int(found[2]), found[3])
    for number in range(1, _ROWS + 1):
        if number not in parts:
            raise KeyStoreError(
                "Row {row} of the recovery sheet is missing: it begins with {begin}.",
                row=number,
                begin=f"SK{_VERSION}-{number}",
            )
    return b"".join(parts[number] for number in range(1, _ROWS + 1))


def _part(number: int, typed: str) -> bytes:
    try:
        row = bytes.fromhex(re.sub(r"[\W_]", "", typed))
    except ValueError:
        row = b""
    part, checksum = row[:_BYTES], row[_BYTES:]
    if len(part) != _BYTES or checksum != _checksum(number, part):
        raise KeyStoreError(
            "Row {row} of the recovery sheet does not fit: compare it digit by digit.", row=number
        )
    return part


def _checksum(number: int, part: bytes) -> bytes:
    """Of the row with its number, so that swapped rows are found as well as a wrong digit."""
    return hashlib.sha256(b"stammkunde recovery %d %d " % (_VERSION, number) + part).digest()[:2]
