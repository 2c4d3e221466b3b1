"""docker-compose.yml: valid by the compose schema, and as closed as it says."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).parents[2]
# The last release that carries the schema as a file.
SCHEMA_PACKAGE = "docker-compose==1.29.2"
SCHEMA = "compose/config/compose_spec.json"
OURS = {"api", "worker-data", "worker-train", "serving", "dispatcher"}


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def schema(tmp_path_factory):
    folder = Path(os.environ.get("TUNEYARD_TEST_CACHE", tmp_path_factory.mktemp("schema")))
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), SCHEMA_PACKAGE]
    if subprocess.run(command, capture_output=True, timeout=120, check=False).returncode != 0:
        pytest.skip(f"{SCHEMA_PACKAGE} can't be fetched")
    return json.loads(zipfile.ZipFile(next(folder.glob("docker_compose*.whl"))).read(SCHEMA))


def test_it_follows_the_compose_schema(compose, schema):
    jsonschema.validate({name: part for name, part in compose.items() if name != "name"}, schema)


def test_every_part_is_there_with_a_health_check(compose):
    services = compose["services"]
    assert set(services) >= OURS | {"postgres", "redis"}
    assert [name for name in OURS | {"postgres", "redis"} if "healthcheck" not in services[name]] == []


def test_only_the_web_port_is_published(compose):
    assert {name for name, part in compose["services"].items() if "ports" in part} == {"api"}


def test_no_secret_has_a_default(compose):
    text = (ROOT / "docker-compose.yml").read_text()
    for name in ("POSTGRES_PASSWORD", "REDIS_PASSWORD", "TUNEYARD_SECRET", "TUNEYARD_SERVICE_TOKEN"):
        assert f"${{{name}:?" in text
        assert f"${{{name}:-" not in text


def test_data_outlives_the_containers(compose):
    for name in OURS:
        assert compose["services"][name]["volumes"] == ["data:/data"]
    assert compose["services"]["postgres"]["volumes"] == ["postgres:/var/lib/postgresql"]
