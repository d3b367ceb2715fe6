"""The connectors that a test made, so that their secrets can be looked for and what they opened is closed."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any, TypeAlias

import msgspec
import pytest

from stammkunde.connectors.discretion import is_secret
from stammkunde.connectors.interface import Connector

Connect: TypeAlias = Callable[[], Connector]


class Made:
    """Connectors with the settings that each was made with."""

    def __init__(self) -> None:
        """None yet."""
        self.connectors: list[Connector] = []
        self.settings: list[msgspec.Struct] = []

    @property
    def secrets(self) -> set[str]:
        """The texts of all their secrets; one of less than four letters is found anywhere, and left out."""
        texts = {
            getattr(settings, field.name)
            for settings in self.settings
            for field in msgspec.structs.fields(settings)
            if is_secret(field.type)
        }
        return {text for text in texts if isinstance(text, str) and len(text) >= 4}

    @property
    def texts(self) -> set[str]:
        """The texts of all their settings that no sentence holds by chance."""
        values = (
            getattr(settings, field)
            for settings in self.settings
            for field in settings.__struct_fields__
        )
        texts = chain.from_iterable(
            [one] if isinstance(one, str) else one for one in values if isinstance(one, str | tuple)
        )
        return {text for text in texts if isinstance(text, str) and len(text) >= 8}

    def close(self) -> None:
        """Close what they keep open."""
        for connector in self.connectors:
            close = getattr(connector, "close", None)
            if close:
                close()


def noting(kind: type[Any], monkeypatch: pytest.MonkeyPatch) -> Made:
    """Note from now on each connector of a kind that is made."""
    made = Made()
    begin = kind.__init__

    def noted(connector: Connector, settings: msgspec.Struct, *rest: Any, **named: Any) -> None:
        made.connectors.append(connector)
        made.settings.append(settings)
        begin(connector, settings, *rest, **named)

    monkeypatch.setattr(kind, "__init__", noted)
    return made
