"""What a browser has to fetch before it shows the first page."""

import gzip
import json
from pathlib import Path

import pytest

import tuneyard

STATIC = Path(tuneyard.__path__[0]) / "static"
MOST_SCRIPT = 300_000
# The page itself, and what its router asks for at `/`.
FIRST = ("index.html", "src/app/pages/HomePage.tsx")
LATER = ("SearchDialog", "LineChart", "MetricCharts", "ChartFrame")


@pytest.fixture(scope="module")
def manifest() -> dict:
    """Chunks of the built web UI, by their source."""
    path = STATIC / "manifest.json"
    if not path.exists():
        pytest.skip("The web UI is not built; frontend/build.sh builds it.")
    return json.loads(path.read_text())


def needed(manifest: dict, sources: tuple[str, ...]) -> set[str]:
    """Script files that have to be there before these chunks run."""
    waiting, seen = list(sources), set()
    while waiting:
        if (source := waiting.pop()) not in seen:
            seen.add(source)
            waiting += manifest[source].get("imports", [])
    return {manifest[source]["file"] for source in seen}


def test_the_first_load_is_small(manifest):
    sizes = {file: len(gzip.compress((STATIC / file).read_bytes(), 6)) for file in needed(manifest, FIRST)}
    assert len(sizes) > 3
    assert sum(sizes.values()) <= MOST_SCRIPT, sizes


def test_charts_and_the_search_wait_until_they_are_wanted(manifest):
    first = needed(manifest, FIRST)
    assert [file for file in first if any(name in file for name in LATER)] == []


def test_the_sample_data_is_shipped_with_the_page(manifest):
    sample = manifest["../examples/support-tickets.csv"]["file"]
    assert (STATIC / sample).read_bytes() == (Path(__file__).parents[2] / "examples/support-tickets.csv").read_bytes()
