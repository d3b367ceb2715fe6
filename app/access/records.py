"""What accounts answer with. None of it holds a hash or a secret, so all of it may be shown and sent."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from stammkunde.app.access.rights import Right, Role, allows

LinkKind = Literal["first", "demo"]
"""`first` makes the first admin; `demo` signs in to a made-up company."""


class User(msgspec.Struct, frozen=True):
    """Somebody who may sign in. `number` is never given twice; `language` is a code or empty: the browser's."""

    number: int
    name: str
    role: Role
    language: str
    disabled: bool
    created_at: datetime

    def may(self, right: Right) -> bool:
        """Whether the user has this right now."""
        return not self.disabled and allows(self.role, right)


class Session(msgspec.Struct, frozen=True):
    """A user who is signed in, with the role of this moment; `ends_at` comes whatever he does.

    Where `is_outdated`, the role changed since he signed in: give the browser a new secret by `Accounts.rotate`.
    """

    user: User
    created_at: datetime
    ends_at: datetime
    is_outdated: bool

    def may(self, right: Right) -> bool:
        """Whether the user has this right now."""
        return self.user.may(right)


class Token(msgspec.Struct, frozen=True):
    """A program's key to the API, which `user` owns. `last_used_at` is right to the minute."""

    number: int
    name: str
    scopes: tuple[Right, ...]
    user: User
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None

    def may(self, right: Right) -> bool:
        """Whether it has this right now: within its scopes, and never more than its owner has today."""
        return self.revoked_at is None and right in self.scopes and self.user.may(right)


class Link(msgspec.Struct, frozen=True):
    """A one-time link that is still good."""

    kind: LinkKind
    ends_at: datetime
