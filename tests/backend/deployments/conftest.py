"""The api with a stand-in for the serving process beside it."""

from collections.abc import Iterator

import pytest
from serving_double import ServingDouble, running_double

from tuneyard.kit.config import Settings


@pytest.fixture
def serving(settings: Settings) -> Iterator[ServingDouble]:
    """The serving process at which the api of this test looks."""
    with running_double(settings.required("service_token")) as double:
        settings.serving_url = double.url
        yield double
