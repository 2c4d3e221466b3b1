"""House rules that a linter does not hold."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = [path for folder in ("backend", "worker") for path in (ROOT / folder).rglob("*.py")]
NAMELESS = {"utils.py", "helpers.py", "misc.py", "common.py"}


def test_init_files_are_empty():
    assert [path for path in SOURCES if path.name == "__init__.py" and path.read_text()] == []


def test_no_room_without_a_name():
    assert [path for path in SOURCES if path.name in NAMELESS] == []


def test_no_shell_and_no_path_edits():
    found = [path for path in SOURCES if "shell=True" in path.read_text() or "sys.path." in path.read_text()]
    assert found == []


@pytest.mark.parametrize("lock", sorted((ROOT / "requirements").rglob("*.lock")), ids=lambda path: path.name)
def test_every_dependency_is_hashed(lock):
    lines = lock.read_text().replace("\\\n", " ").splitlines()
    requirements = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    assert requirements
    assert [line for line in requirements if "--hash=sha256:" not in line] == []


def test_only_repositories_write_queries():
    allowed = {
        "leases.py",
        "fair_share.py",
        "workers.py",
        "dispatcher.py",
        "readiness.py",
        "models.py",
    }
    offenders = []
    for path in (ROOT / "backend" / "tuneyard").rglob("*.py"):
        if (
            path.name in allowed
            or path.name.endswith("repository.py")
            or "kit" in path.parts
            or "embedded" in path.parts
        ):
            continue
        imported = {
            name.name
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.ImportFrom) and node.module == "sqlalchemy"
            for name in node.names
        }
        if imported & {"select", "update", "delete", "insert", "text"}:
            offenders.append(path)
    assert offenders == []


def test_the_api_loads_without_the_workers_libraries():
    code = (
        "import sys, tuneyard.app; "
        "print([m for m in ('torch', 'transformers', 'onnxruntime', 'sklearn', 'tuneyard_worker') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert result.stdout.strip() == "[]"
