"""Files of a source: which ones, in which encoding, and how far reading got."""

import os
from io import BytesIO
from pathlib import Path

import pytest

from stammkunde.connectors.files import Finished, encoding_of, files_of, head, opened
from stammkunde.core.errors import ConnectorError


def test_folders_are_read_in_order_and_named_files_whatever_their_suffix(tmp_path: Path) -> None:
    for name in ("b.vcf", "a.VCF", "note.txt", "sub/c.vcf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    named = tmp_path / "note.txt"
    found = files_of([str(named), str(tmp_path), str(named)], [".vcf"])
    assert [str(path.relative_to(tmp_path)) for path in found] == [
        "note.txt",
        "a.VCF",
        "b.vcf",
        "sub/c.vcf",
    ]


@pytest.mark.parametrize(
    ("paths", "says"),
    [
        ([], "path: is missing"),
        (["absent"], "path: .*absent is not there"),
        (["empty"], "path: no file in .*empty ends in .vcf"),
    ],
)
def test_what_can_not_be_read_is_named(tmp_path: Path, paths: list[str], says: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConnectorError, match=says):
        files_of([str(tmp_path / path) for path in paths], [".vcf"])


def test_a_refusal_of_the_system_is_a_connector_error(tmp_path: Path) -> None:
    with pytest.raises(ConnectorError, match=r"path: .*can't be read"), opened(tmp_path):
        pass


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (b"", "utf-8-sig"),
        (b"abc", "utf-8-sig"),
        ("ü".encode(), "utf-8-sig"),
        ("ü".encode("utf-8-sig"), "utf-8-sig"),
        ("aü".encode()[:-1], "utf-8-sig"),
        ("ü".encode("cp1252") + b"b", "cp1252"),
        ("ü".encode("utf-16-le"), "cp1252"),
        ("ü".encode("utf-16"), "utf-16"),
        (b"a" * (1 << 20) + "ü".encode(), "utf-8-sig"),
        (b"a" * ((1 << 20) - 1) + "ü".encode(), "utf-8-sig"),
        (b"a" * (1 << 20) + "übel".encode("cp1252"), "cp1252"),
    ],
)
def test_encodings(content: bytes, encoding: str) -> None:
    file = BytesIO(content)
    assert encoding_of(file) == encoding
    assert file.tell() == 0


def test_head_of_what_is_no_file_is_empty(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abcdef")
    assert [head(tmp_path / "a", 3), head(tmp_path), head(tmp_path / "absent")] == [
        b"abc",
        b"",
        b"",
    ]


def test_a_file_is_finished_until_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"1")
    cursor = Finished.parse(None).plus(path, Finished.mark(path)).cursor
    assert Finished.parse(cursor).has(path)
    os.utime(path, (1, 1))
    assert not Finished.parse(cursor).has(path)


@pytest.mark.parametrize("cursor", ["", "17", "{", '{"files": [1]}'])
def test_a_foreign_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(ConnectorError, match="cursor"):
        Finished.parse(cursor)
