"""Made-up companies of several seeds."""

import pytest

from stammkunde.app.demo.world import play
from tests.app.demo.town import Town

SEEDS = (1, 2, 77)


@pytest.fixture(scope="module", params=SEEDS)
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Town:
    return Town(play(request.param), tmp_path_factory.mktemp("town"))
