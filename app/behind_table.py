"""Who is behind a number, as cells of a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence

from stammkunde.projections.figures.who import Behind

BEHIND_HEAD = tuple(name for name in Behind.__struct_fields__ if name != "key")
"""All but the key, by which a list goes on."""


def behind_cells(entry: Behind) -> Sequence[object]:
    """A row."""
    return [getattr(entry, name) for name in BEHIND_HEAD]
