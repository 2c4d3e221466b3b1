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


@pytest.mark.parametrize("path", ["docker-compose.yml", "deploy/main-host.yml", "deploy/worker-host.yml"])
def test_it_follows_the_compose_schema(path, schema):
    compose = yaml.safe_load((ROOT / path).read_text())
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


def test_servers_are_published_to_other_machines_at_the_private_address_alone():
    services = yaml.safe_load((ROOT / "deploy" / "main-host.yml").read_text())["services"]
    published = {name: part["ports"] for name, part in services.items() if "ports" in part}
    address = "${TUNEYARD_PRIVATE_ADDRESS:?set it in .env}"
    assert published == {"postgres": [f"{address}:5432:5432"], "redis": [f"{address}:6379:6379"]}


def test_every_machine_has_the_same_store(compose):
    main = yaml.safe_load((ROOT / "deploy" / "main-host.yml").read_text())["services"]
    (worker,) = yaml.safe_load((ROOT / "deploy" / "worker-host.yml").read_text())["services"].values()
    shared = main["api"]["environment"]
    assert all(main[name]["environment"] == shared for name in OURS | {"models"})
    assert shared.items() <= worker["environment"].items()
    assert set(main["api"]["volumes"]) <= set(worker["volumes"])
