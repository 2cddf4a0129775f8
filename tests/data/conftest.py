"""All data tests look at one workspace: the sample, ingested and built."""

from __future__ import annotations

import pytest

from tests.sample import Sample


@pytest.fixture(scope="session")
def sample(built: Sample) -> Sample:
    """The sample, ingested and built once."""
    return built
