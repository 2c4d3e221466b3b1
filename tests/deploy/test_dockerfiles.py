"""Dockerfiles: what they copy exists, what they name was put there, and what they start is there."""

import ast
import json
import re
import tomllib
from pathlib import PurePosixPath

import pytest
import yaml
from dockerfiles import ROOT, Stage, context, copy_of, inside, matching, read

from tuneyard import app
from tuneyard.cli import COMMANDS

DOCKERFILES = sorted((ROOT / "deploy").glob("Dockerfile.*"))
STAGES = [pytest.param(stage, id=f"{path.name}:{stage.base}") for path in DOCKERFILES for stage in read(path)]
LAST = [pytest.param(read(path)[-1], id=path.name) for path in DOCKERFILES]


def contents(stage: Stage, built: dict[str | None, set[PurePosixPath]]) -> set[PurePosixPath]:
    """Files and folders that the steps of a stage put into its image; a missing source fails."""
    files, workdir, found = context(), PurePosixPath("/"), set()
    for name, argument in stage.steps:
        if name == "WORKDIR":
            workdir /= argument
        elif name == "COPY":
            copy = copy_of(argument, workdir)
            for source in copy.sources:
                if copy.stage is not None:
                    assert PurePosixPath(source) in built[copy.stage], f"{source} is not in the stage {copy.stage}"
                    found.add(copy.target)
                else:
                    names = matching(files, source)
                    assert names, f"{source} is not in the context"
                    found |= {copy.target / inside(source, each) for each in names}
        elif name == "RUN" and "npm run build" in argument:
            found.add(workdir / vite_folder())
        elif name == "RUN":
            for lock in re.findall(r"-r ([\w./-]+)", argument):
                assert workdir / lock in found, f"{lock} is not there yet"
    return found


def vite_folder() -> str:
    return re.search(r"outDir: '([^']+)'", (ROOT / "frontend" / "vite.config.ts").read_text())[1]


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.name)
def test_every_copy_has_its_source(path):
    built: dict[str | None, set[PurePosixPath]] = {}
    for stage in read(path):
        built[stage.name] = contents(stage, built)
    image = built[None]
    assert PurePosixPath("/app/migrations/env.py") in image
    assert PurePosixPath("/app/backend/tuneyard/cli.py") in image
    assert PurePosixPath("/app/README.md") in image, "the build reads it"


def test_the_web_ui_lands_where_the_api_looks_for_it():
    ui, api = read(ROOT / "deploy" / "Dockerfile.api")
    target = PurePosixPath("/app") / app.WEB_UI.relative_to(ROOT).as_posix()
    copies = [copy_of(argument, PurePosixPath("/app")) for name, argument in api.steps if name == "COPY"]
    assert [copy.sources for copy in copies if copy.target == target] == [[f"{ui.value('WORKDIR')}/{vite_folder()}"]]


@pytest.mark.parametrize("stage", STAGES)
def test_base_images_are_new_enough(stage):
    name, version = re.match(r"(\w+):([\d.]+)", stage.base).groups()
    if name == "python":
        required = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
        assert f">={version}" == required
    else:
        engines = json.loads((ROOT / "frontend" / "package.json").read_text())["engines"]["node"]
        assert int(version) >= int(re.search(r">=(\d+)", engines)[1])


@pytest.mark.parametrize("stage", LAST)
def test_images_run_as_the_owner_of_the_data(stage):
    assert stage.value("USER") == "tuneyard"
    made = next(argument for name, argument in stage.steps if name == "RUN")
    assert "--uid 1000 tuneyard" in made, "one id in both images: they share the volume"
    assert "mkdir /data && chown tuneyard /data" in made


def test_every_service_starts_a_command_that_exists():
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    ours = {name: part for name, part in services.items() if "build" in part}
    assert [name for name, part in ours.items() if part["command"][0] not in COMMANDS] == []
    for part in ours.values():
        stage = read(ROOT / part["build"]["dockerfile"])[-1]
        assert ast.literal_eval(stage.value("ENTRYPOINT")) == ["tuneyard"]
        assert "pip install" in stage.steps[-4][1], "the entry point is made by installing the project"
        assert part["init"] is True, "somebody has to wait for orphans"
