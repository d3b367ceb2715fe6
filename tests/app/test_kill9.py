"""A killed import loses nothing and doubles nothing."""

from pathlib import Path

import pytest

from tests.soak.kill9 import trial


@pytest.mark.slow
def test_twenty_kills_at_random_moments(tmp_path: Path) -> None:
    assert trial(tmp_path, rounds=20, seed=1).rounds == 20
