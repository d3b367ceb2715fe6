"""Chance that keeps its promise: what is in a deck has come up once the deck is through."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


class Deck(Generic[T]):
    """Cards in a random order; after the last one they are shuffled again."""

    def __init__(self, rng: Random, cards: Mapping[T, int]) -> None:
        """`cards` says how many there are of each."""
        self._rng = rng
        self._cards = [card for card, count in cards.items() for _ in range(count)]
        self._left: list[T] = []

    def draw(self) -> T:
        """The next card."""
        if not self._left:
            self._left = self._rng.sample(self._cards, len(self._cards))
        return self._left.pop()
