"""Files are read alike whether they are compressed or not."""

import gzip
import io
import lzma
from pathlib import Path

import pytest

from stammkunde.connectors.interface import ConnectorError
from stammkunde.connectors.shop.plain import plain, plain_files, plain_head

TEXT = b"".join(b"%d;abc\n" % number for number in range(50_000))


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.csv", TEXT), ("a.csv.gz", gzip.compress(TEXT)), ("a.csv.xz", lzma.compress(TEXT))],
)
def test_every_packing_gives_the_same_bytes_twice(
    tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with plain(path) as (file, stream):
        assert file.read() == TEXT
        file.seek(0)
        assert list(io.TextIOWrapper(file))[-1] == "49999;abc\n"
        assert not stream.is_damaged
    assert plain_head(path, 5) == TEXT[:5]


@pytest.mark.parametrize("name", ["a.csv.gz", "a.csv.xz"])
def test_a_cut_file_gives_what_can_be_unpacked_and_says_so(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    packed = (gzip if name.endswith("gz") else lzma).compress(TEXT)
    path.write_bytes(packed[: len(packed) * 2 // 3])
    with plain(path) as (file, stream):
        found = file.read()
        assert stream.is_damaged
    assert TEXT.startswith(found)
    assert found


def test_what_is_not_packed_as_its_name_says_gives_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.xz"
    path.write_bytes(TEXT)
    assert plain_head(path) == b""
    with plain(path) as (file, stream):
        assert file.read() == b""
        assert stream.is_damaged


def test_of_a_folder_only_files_of_the_right_kind_are_read(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv.xz", "c.txt.xz", "d.json", "e.gz"):
        (tmp_path / name).write_bytes(b"")
    assert [p.name for p in plain_files([str(tmp_path)], (".csv",))] == ["a.csv.xz", "b.csv"]
    named = str(tmp_path / "e.gz")
    assert [p.name for p in plain_files([named], (".csv",))] == ["e.gz"]
    with pytest.raises(ConnectorError, match="path"):
        plain_files([str(tmp_path / "absent.csv")], (".csv",))
