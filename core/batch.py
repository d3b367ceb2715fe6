"""What one step of reading a source hands to intake."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from stammkunde.core.contact import Contact, Item


class Rejected(msgspec.Struct, frozen=True):
    """An item that can't be read: why, its raw bytes, and where it stood."""

    reason: str
    raw: bytes
    reference: str = ""


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What one step of `fetch` found.

    All contacts of one item stand in the same batch. `cursor` is opaque text, saved with the batch; None leaves the
    saved one alone. `remember` maps keys to values (None forgets). `progress` is the share of the source read so far,
    0 to 1, where known.

    `withdrawn` names items that the source gave and that concern nobody any more. It has the last word in its batch: it
    holds for what was recorded before and for contacts of the same item that come with it, of which nothing is then
    written. To withdraw an item and give it again takes two batches. An item is meant whatever its channel; a mail,
    whose key all mailboxes share, only where this source gave it.

    `left_out` names the items that are counted in `ignored`, where they can be named. Nothing follows from it, unless the
    source is read afresh under other settings: then what was recorded of them is taken back.
    """

    contacts: tuple[Contact, ...] = ()
    cursor: str | None = None
    rejected: tuple[Rejected, ...] = ()
    ignored: Mapping[str, int] = {}
    remember: Mapping[str, bytes | None] = {}
    withdrawn: tuple[Item, ...] = ()
    left_out: tuple[Item, ...] = ()
    progress: float | None = None
