"""A home with empty views, on disk as in real life."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.projections.samples import Home, Story, home


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Home]:
    with home(tmp_path) as opened:
        yield opened


@pytest.fixture
def story(place: Home) -> Story:
    return place.story
