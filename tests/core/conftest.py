"""An open door into an empty log."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stammkunde.core.intake import Intake
from tests.core.samples import open_intake


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    intake = open_intake(tmp_path)
    yield intake
    intake.log.close()
