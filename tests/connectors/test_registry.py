"""The connectors that are installed, found by entry point and imported only when asked for."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import msgspec
import pytest

from stammkunde.connectors import registry
from stammkunde.connectors.addressbook import Addressbook
from stammkunde.connectors.interface import ConnectorError
from stammkunde.connectors.registry import Setting, load, names, recognise, settings_of

DATA = Path(__file__).parent.parent / "data" / "addressbook"

Install = Callable[..., None]


class Birds:
    class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
        """The keys of a birdwatcher's source.

        `path`: the files to read; `tls` says how. `path` may also be a folder. `token` is the secret.
        """

        path: tuple[str, ...]
        tls: Literal["implicit", "none"] = "implicit"
        tags: list[str] = []
        token: str | None = None
        rate: Annotated[int, msgspec.Meta(gt=0)] = 5

    def check(self) -> None: ...
    def fetch(self) -> None: ...

    @staticmethod
    def recognises(path: Path) -> bool:
        return path.suffix == ".bird"


class NoConnector:
    pass


class Clumsy(Birds):
    @staticmethod
    def recognises(path: Path) -> bool:
        raise RuntimeError


class Deaf(Birds):
    recognises: ClassVar[None] = None  # type: ignore[assignment]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Makes those entry points all that are installed."""
    sys.modules["aviary"] = sys.modules[__name__]

    def make(**values: str) -> None:
        points = EntryPoints(EntryPoint(n, v, registry.GROUP) for n, v in values.items())
        monkeypatch.setattr(registry, "entry_points", lambda **by: points.select(**by))

    yield make
    del sys.modules["aviary"]


def test_our_own_connectors_are_there() -> None:
    assert names() == sorted(names())
    assert "addressbook" in names()
    assert load("addressbook") is Addressbook


def test_listing_names_imports_no_connector() -> None:
    code = (
        "import sys; from stammkunde.connectors.registry import names; names();"
        "print([m for m in sys.modules if m.startswith('stammkunde.connectors.addressbook')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("adressbook", "did you mean “addressbook”"),
        ("Woo-Commerce", "did you mean “woocommerce”"),
        ("zzz", "there are addressbook, woocommerce"),
        ("broken", r"“broken” can't be imported \(ModuleNotFoundError"),
        ("empty", r"“empty” can't be imported \(AttributeError"),
        ("other", "is no connector"),
    ],
)
def test_a_name_that_can_not_be_loaded_is_explained(install: Install, name: str, says: str) -> None:
    if name in ("broken", "empty", "other"):
        install(broken="no_such_module:X", empty="aviary:Nothing", other="aviary:NoConnector")
    else:
        install(addressbook="aviary:Birds", woocommerce="aviary:Birds")
    with pytest.raises(ConnectorError, match=f"connector: .*{says}"):
        load(name)


def test_a_file_is_recognised_by_all_that_take_it_for_theirs(install: Install) -> None:
    install(
        b="aviary:Birds",
        a="aviary:Birds",
        deaf="aviary:Deaf",
        c="aviary:Clumsy",
        broken="no_such_module:X",
    )
    assert recognise(Path("x.bird")) == ["a", "b"]
    assert recognise(Path("x.fish")) == []


@pytest.mark.parametrize("path", sorted(DATA.iterdir()), ids=lambda path: path.name)
def test_address_books_are_nobody_elses(path: Path) -> None:
    assert recognise(path) == ["addressbook"]


def test_settings_are_listed_with_type_default_and_meaning(install: Install) -> None:
    install(birds="aviary:Birds")
    assert settings_of("birds") == [
        Setting(
            "path",
            "path",
            True,
            None,
            "`path`: the files to read; `path` may also be a folder.",
        ),
        Setting("tls", "implicit | none", False, "implicit", "`tls` says how."),
        Setting("tags", "list", False, [], ""),
        Setting("token", "text", False, None, "`token` is the secret."),
        Setting("rate", "whole number", False, 5, ""),
    ]
