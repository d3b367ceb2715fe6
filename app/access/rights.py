"""Roles and rights. Both are stored names: never rename one."""

from __future__ import annotations

from typing import Literal, get_args

Role = Literal["reader", "clerk", "admin"]
"""What a user is; each role may do all that the one before it may."""

Right = Literal["read", "write", "admin"]
"""`read` all that is shown; `write` to record, assign, merge and note; `admin` for users, tokens, sources and retries of
the quarantine. The scopes of a token are rights."""

ROLES: tuple[Role, ...] = get_args(Role)
RIGHTS: tuple[Right, ...] = get_args(Right)

_HELD: dict[Role, frozenset[Right]] = {
    "reader": frozenset({"read"}),
    "clerk": frozenset({"read", "write"}),
    "admin": frozenset({"read", "write", "admin"}),
}


def allows(role: Role, right: Right) -> bool:
    """Whether somebody of this role has this right; what is no role has none."""
    return right in _HELD.get(role, frozenset())
