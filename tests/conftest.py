"""What every test may use; with STAMMKUNDE_DATA set, nothing may be skipped."""

import os
from collections.abc import Generator
from pathlib import Path

import pytest

DATA = os.environ.get("STAMMKUNDE_DATA")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data; without it the test is skipped, with it a missing file is a failure."""
    if not DATA:
        pytest.skip("STAMMKUNDE_DATA is not set: the real data is not here")
    return Path(DATA)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if DATA and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped although STAMMKUNDE_DATA is set: {report.longrepr}"
    return report
