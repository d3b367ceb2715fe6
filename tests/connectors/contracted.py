"""The contract held against a connector, outside of pytest's own collecting: which of its tests fail."""

import inspect
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from stammkunde.connectors.contract import FileContract
from stammkunde.connectors.contract.made import noting


def failures(kind: type[Any], folder: Path, **attributes: Any) -> set[str]:
    """The tests of the contract that a connector fails; `attributes` are the contract's, as `settings`."""
    sample, broken = folder / "a.letters", folder / "b.letters"
    broken.write_bytes(b"letters\n\xff\xfe\nten\n")

    class Contract(FileContract):
        pass

    Contract.kind, Contract.sample, Contract.broken = kind, sample, broken
    for name, value in attributes.items():
        setattr(Contract, name, value)
    contract = Contract()
    failed = set()
    for name, test in inspect.getmembers(contract, inspect.ismethod):
        if name.startswith("test_"):
            try:
                _run(contract, test, sample)
            except (Exception, pytest.fail.Exception):
                failed.add(name.removeprefix("test_"))
    return failed


def _run(contract: FileContract, test: Callable[..., None], sample: Path) -> None:
    sample.write_bytes(b"letters\none\ntwo\nthree\nfour\n")

    def stepwise() -> Any:
        connector: Any = contract.connector(sample)
        connector.batch = 2
        return connector

    scratch = sample.parent / test.__name__
    scratch.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        values: dict[str, Any] = {
            "copied": sample,
            "connect": lambda: contract.connector(sample),
            "stepwise": stepwise,
            "tmp_path": scratch,
            "wrong": {"path": lambda: contract.connector(scratch / "absent")},
            "made": noting(contract.kind, patch),
            "caplog": SimpleNamespace(set_level=int, text=""),
        }
        test(**{name: values[name] for name in inspect.signature(test).parameters})
