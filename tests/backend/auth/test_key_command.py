"""`tuneyard key`: what it prints, and that it works at the api."""

import json
from pathlib import Path

import pytest
from fastapi import FastAPI
from typer.testing import CliRunner, Result
from workspaces import keyed_client, make_workspace

from tuneyard.auth.models import Scope
from tuneyard.commands.key import app as key_command
from tuneyard.kit.config import Settings

WHO_AM_I = "/api/v1/session"


@pytest.fixture(autouse=True)
def server(empty_database: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation without workspaces, which the environment names."""
    monkeypatch.setenv("TUNEYARD_DATABASE_URL", settings.required("database_url"))
    monkeypatch.setenv("TUNEYARD_SECRET", settings.required("secret"))
    monkeypatch.setenv("TUNEYARD_DATA_DIR", str(settings.data_dir))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(key_command, arguments)


def created(*arguments: str) -> str:
    """The key, and nothing else, is on stdout."""
    result = run("create", *arguments)
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    assert result.stdout.count("\n") == 1
    return result.stdout.rstrip("\n")


def test_the_first_key_makes_the_default_workspace(app: FastAPI) -> None:
    answer = keyed_client(app, created()).get(WHO_AM_I).json()
    assert answer["workspace"]["name"] == "default"
    assert answer["scopes"] == [scope.value for scope in Scope]
    assert answer["user"] is None
    assert keyed_client(app, created()).get(WHO_AM_I).json()["workspace"] == answer["workspace"]


def test_a_named_workspace_is_made_once(app: FastAPI) -> None:
    first, second, other = (
        keyed_client(app, created("--workspace", name)).get(WHO_AM_I).json()["workspace"]["id"]
        for name in ("Acme", "Acme", "Globex")
    )
    assert first == second != other


def test_the_only_workspace_need_not_be_named(app: FastAPI) -> None:
    made = make_workspace(app)
    assert keyed_client(app, created()).get(WHO_AM_I).json()["workspace"]["id"] == made.id


def test_of_several_workspaces_one_must_be_named(app: FastAPI) -> None:
    make_workspace(app)
    make_workspace(app)
    result = run("create")
    assert result.exit_code != 0
    assert result.stdout == ""
    assert "--workspace" in str(result.exception.body.error.message)


def test_keys_are_listed_and_revoked(app: FastAPI) -> None:
    client = keyed_client(app, created("--name", "my shell"))
    key_id = client.get("/api/v1/api-keys").json()["data"][0]["id"]
    listed = run("list").stdout
    assert "my shell" in listed
    assert "works" in listed
    assert run("revoke", key_id).exit_code == 0
    assert client.get(WHO_AM_I).json()["error"]["code"] == "revoked_api_key"
    assert "revoked" in run("list").stdout
    assert run("revoke", "key_nothing").exit_code != 0


def test_the_secret_of_the_data_directory_is_used(
    app: FastAPI, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TUNEYARD_SECRET")
    assert "TUNEYARD_SECRET" in run("create").exception.body.error.message
    other = {"service_token": "x" * 64, "database_password": "x" * 64, "redis_password": "x" * 64}
    settings.data_dir.mkdir(parents=True)
    secrets_file = Path(settings.data_dir) / "secrets.json"
    secrets_file.write_text(json.dumps({"secret": settings.required("secret"), **other}))
    assert keyed_client(app, created()).get(WHO_AM_I).status_code == 200


def test_without_a_server_it_says_how_to_start_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TUNEYARD_DATABASE_URL")
    result = run("create", "--data-dir", str(tmp_path))
    assert result.exit_code != 0
    assert "tuneyard up" in result.exception.body.error.message
