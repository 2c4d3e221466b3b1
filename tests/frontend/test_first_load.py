"""What a browser has to fetch before it shows the first page."""

import gzip
import json
from pathlib import Path

import pytest

import tuneyard

STATIC = Path(tuneyard.__path__[0]) / "static"
MOST_SCRIPT = 231_000
MOST_STYLE = 25_000
# A browser asks for six files at a time.
MOST_FILES = 12
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
    assert 3 < len(sizes) <= MOST_FILES, sizes
    assert sum(sizes.values()) <= MOST_SCRIPT, sizes
    (style,) = STATIC.glob("assets/*.css")
    assert len(gzip.compress(style.read_bytes(), 6)) <= MOST_STYLE


def test_every_file_is_packed_by_the_build():
    for file in STATIC.glob("assets/*.[jc]s*"):
        if file.suffix in (".js", ".css") and file.stat().st_size >= 500:
            assert gzip.decompress(file.with_name(f"{file.name}.gz").read_bytes()) == file.read_bytes()
            assert file.with_name(f"{file.name}.br").stat().st_size < file.stat().st_size


def test_chinese_waits_until_it_is_read(manifest):
    chinese = manifest["src/i18n/words.zh-CN.ts"]["file"]
    assert "数据集" in (STATIC / chinese).read_text(encoding="utf-8")
    for file in needed(manifest, FIRST):
        assert "数据集" not in (STATIC / file).read_text(encoding="utf-8"), file


def test_charts_and_the_search_wait_until_they_are_wanted(manifest):
    first = needed(manifest, FIRST)
    assert [file for file in first if any(name in file for name in LATER)] == []


def test_the_sample_data_is_shipped_with_the_page(manifest):
    sample = manifest["../examples/support-tickets.csv"]["file"]
    assert (STATIC / sample).read_bytes() == (Path(__file__).parents[2] / "examples/support-tickets.csv").read_bytes()
