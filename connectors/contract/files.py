"""What holds besides for a source that is files."""

# ruff: noqa: D102, S101, S311 (tests: their names say what they check, by assert, with fixed noise)

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest

from stammkunde.connectors.contract.made import Connect
from stammkunde.connectors.contract.reading import COMPANY, nobody_is_named, read
from stammkunde.connectors.contract.source import ConnectorContract
from stammkunde.connectors.flaws import flaws
from stammkunde.connectors.interface import Batch, Connector, ConnectorError, Context


class FileContract(ConnectorContract):
    """What holds besides for a connector that reads files: it has a setting `path`, and `recognises`."""

    sample: ClassVar[Path]
    """A file or folder that is read without a flaw and gives at least three contacts."""
    broken: ClassVar[Path | None] = None
    """One in which at least one item can't be read and at least one can."""
    foreign: ClassVar[tuple[Path, ...]] = ()
    """Samples of other connectors, which this one must not take for its own."""
    settings: ClassVar[Mapping[str, Any]] = {}
    """Settings that the sample needs, besides `path`."""

    def connector(self, *paths: Path) -> Connector:
        """A connector for those paths, its settings validated as they are when they come from the file."""
        table = {"path": [str(path) for path in paths], **self.settings}
        settings = msgspec.convert(table, self.kind.Settings)
        return self.kind(settings, Context(source="sample", company=COMPANY))

    @pytest.fixture
    def copied(self, tmp_path: Path) -> Path:
        """A copy of the sample that a test may change."""
        return _copy(self.sample, tmp_path / "copied")

    @pytest.fixture
    def connect(self, copied: Path) -> Connect:
        """A new connector for the copied sample."""
        return lambda: self.connector(copied)

    @pytest.fixture
    def wrong(self, tmp_path: Path) -> Mapping[str, Connect]:
        """A file that is not there."""
        return {"path": lambda: self.connector(tmp_path / "absent")}

    def test_a_missing_file_is_named_with_its_setting(self, tmp_path: Path) -> None:
        connector = self.connector(tmp_path / "absent")
        with pytest.raises(ConnectorError, match=r"path.*absent|absent.*path"):
            connector.check()

    def test_fetching_a_missing_file_is_a_connector_error(self, tmp_path: Path) -> None:
        with pytest.raises(ConnectorError):
            read(self.connector(tmp_path / "absent"))

    def test_the_source_is_left_as_it_was(self, copied: Path) -> None:
        before = _state(copied)
        read(self.connector(copied))
        assert _state(copied) == before

    def test_recognises_its_sample(self, copied: Path) -> None:
        assert self._recognises(copied)

    def test_recognises_nothing_else(self, tmp_path: Path) -> None:
        noise = random.Random(1)
        for number, content in enumerate(
            (b"", b"\0" * 512, b"a\n", *map(noise.randbytes, (5, 4096)))
        ):
            path = tmp_path / f"{number}.dat"
            path.write_bytes(content)
            assert not self._recognises(path)
        assert not self._recognises(tmp_path / "absent")
        assert [path for path in self.foreign if self._recognises(path)] == []

    def test_a_cut_file_rejects_at_worst(self, copied: Path) -> None:
        whole = _largest(copied)
        content = whole.read_bytes()
        for cut in {len(content) * step // 16 for step in range(17)} | {len(content) - 1}:
            whole.write_bytes(content[:cut])
            self._assert_survives(copied)

    def test_a_garbled_file_rejects_at_worst(self, copied: Path) -> None:
        noise = random.Random(2)
        file = _largest(copied)
        content = file.read_bytes()
        for _ in range(24):
            garbled = bytearray(content)
            for _ in range(noise.randint(1, 8)):
                garbled[noise.randrange(len(garbled))] = noise.randrange(256)
            file.write_bytes(garbled)
            self._assert_survives(copied)

    def test_a_broken_item_is_rejected_with_its_bytes_and_the_rest_goes_on(self) -> None:
        if self.broken is None:
            return
        reading = read(self.connector(self.broken))
        assert reading.contacts
        assert reading.rejected
        assert all(isinstance(item.raw, bytes) and item.raw for item in reading.rejected)
        assert nobody_is_named(*(item.reason for item in reading.rejected))

    def test_a_still_broken_item_is_rejected_once_more(self) -> None:
        retry = getattr(self.kind, "retry", None)
        if self.broken is None or retry is None:
            return
        connector = self.connector(self.broken)
        reading = read(connector)
        for item in reading.rejected:
            batch: Batch = retry(connector, item, reading.memory)
            assert [(again.reason, again.raw) for again in batch.rejected] == [
                (item.reason, item.raw)
            ]
            assert batch.cursor is None, "a retry leaves the cursor alone"

    def _recognises(self, path: Path) -> bool:
        recognises: Callable[[Path], bool] = self.kind.recognises  # type: ignore[attr-defined]
        return recognises(path)

    def _assert_survives(self, path: Path) -> None:
        try:
            reading = read(self.connector(path))
        except ConnectorError:
            return
        assert {flaw for contact in reading.contacts for flaw in flaws(contact)} == set()
        assert nobody_is_named(*reading.ignored, *(item.reason for item in reading.rejected))


def _copy(source: Path, target: Path) -> Path:
    target.mkdir()
    target = target / source.name
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy2(source, target)
    return target


def _files(path: Path) -> list[Path]:
    return sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]


def _largest(path: Path) -> Path:
    return max(_files(path), key=lambda file: (file.stat().st_size, file))


def _state(path: Path) -> dict[Path, tuple[bytes, int]]:
    """Content and time of change of every file, lock files and the like included."""
    folder = path if path.is_dir() else path.parent
    return {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in _files(folder)}
