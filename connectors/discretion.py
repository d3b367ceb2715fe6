"""Settings that are secret: which they are, and a base for settings that does not show them."""

from __future__ import annotations

from typing import Annotated, Any, get_args, get_origin

import msgspec


def is_secret(kind: Any) -> bool:
    """Whether a setting's type is `interface.Secret`: the file says only where its text stands."""
    if get_origin(kind) is not Annotated:
        return False
    return any(
        isinstance(each, msgspec.Meta) and (each.extra or {}).get("secret")
        for each in get_args(kind)[1:]
    )


class Discreet(msgspec.Struct, frozen=True):
    """Base of a connector's `Settings` with secrets: `repr`, which logs and error reports show, leaves their texts out."""

    def __repr__(self) -> str:
        """As ever, with `…` for a secret."""
        shown = (
            f"{field.name}={'…' if is_secret(field.type) else repr(getattr(self, field.name))}"
            for field in msgspec.structs.fields(self)
        )
        return f"{type(self).__name__}({', '.join(shown)})"
