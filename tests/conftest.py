"""What every test may ask for: the shared data where it is there, the sample, and one finished run."""

from __future__ import annotations

from pathlib import Path

import pytest

from segreport.api import run
from segreport.domain import Delivery

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def sample() -> Path:
    """The sample customers that ship with the project."""
    return ROOT / "sample_data" / "customers.csv"


@pytest.fixture(scope="session")
def campaign() -> Path:
    """The real marketing campaign table."""
    path = SHARED / "marketing_campaign.csv"
    if not path.is_file():
        pytest.skip("the shared data folder is not beside the project")
    return path


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data."""
    if not SHARED.is_dir():
        pytest.skip("the shared data folder is not beside the project")
    return SHARED


@pytest.fixture(scope="session")
def delivered(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Delivery:
    """The sample's report, made once for all tests that only look at it."""
    return run(sample, folder=tmp_path_factory.mktemp("delivered") / "out")
