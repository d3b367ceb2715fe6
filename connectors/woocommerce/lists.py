"""Accounts and reviews, which the shop can't list by the time of their change: read as a whole, each night."""

from __future__ import annotations

from collections.abc import Iterator

from stammkunde.connectors.interface import Batch
from stammkunde.connectors.woocommerce.watch import Watch, key_of

_LISTS = (("customer", "customers", "all"), ("review", "products/reviews", ""))


def people(watch: Watch) -> Iterator[Batch]:
    """All accounts and reviews, where it is their turn; a part that the key may not read is left out."""
    while watch.position.listing is not None:
        which, page = watch.position.listing
        kind, path, role = _LISTS[which]
        params = {"role": role} if role else {}
        answer = watch.rest.optional(
            path, orderby="id", order="asc", per_page=watch.page, page=page, **params
        )
        rows = answer.rows if answer else []
        for raw in rows:
            if watch.holds_person(kind, raw):
                yield watch.batch()
            watch.take_person(kind, raw)
            if kind == "review":
                watch.move(review=max(watch.position.review, key_of(raw).id))
        if len(rows) == watch.page:
            watch.move(listing=(which, page + 1))
        else:
            watch.move(listing=(which + 1, 1) if which + 1 < len(_LISTS) else None)
        yield watch.batch()


def reviews(watch: Watch) -> Iterator[Batch]:
    """The reviews since the last one; one that was held back longer comes with the night."""
    last = watch.position.review
    answer = watch.rest.optional(
        "products/reviews", orderby="id", order="desc", per_page=watch.page
    )
    for raw in reversed(answer.rows if answer else []):
        if key_of(raw).id > last:
            watch.take_person("review", raw)
            watch.move(review=key_of(raw).id)
    if watch.is_news:
        yield watch.batch()
