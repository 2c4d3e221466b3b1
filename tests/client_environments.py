"""Environments with clients of other people, installed once by their locks and kept for the next time."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = ROOT / "requirements" / "clients"
CACHE = Path(os.environ.get("TUNEYARD_TEST_CACHE") or Path.home() / ".cache" / "tuneyard-tests")
# Where frontend/build.sh puts Node.js if the machine has none.
PATHS = os.pathsep.join([os.environ.get("PATH", os.defpath), str(ROOT / ".venv" / "node" / "bin")])
INSTALL_SECONDS, ANSWER_SECONDS, RUN_SECONDS = 240, 30, 120
PIP = [sys.executable, "-m", "pip"]
# Small, and asked for only to see whether the index is there.
PROBES = {
    "pip": [*PIP, "download", "--quiet", "--no-cache-dir", "--no-deps", "--retries", "0", "iniconfig"],
    "npm": ["npm", "view", "--fetch-retries=0", "ai", "version"],
}


def python_with(lock: str) -> str:
    """The Python of an environment with what `requirements/clients/<lock>.lock` pins; else the test is skipped."""
    content = (LOCKS / f"{lock}.lock").read_bytes()
    folder = CACHE / f"{lock}-{digest(content, sys.version.encode())}"
    python = folder / "bin" / "python"
    with alone(folder):
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            install("pip", [sys.executable, "-m", "venv", "--without-pip", str(folder)])
            pip = [*PIP, "--python", str(python), "install", "--quiet", "--no-input", "--no-deps", "--require-hashes"]
            install("pip", [*pip, "-r", str(LOCKS / f"{lock}.lock")])
            (folder / "complete").touch()
    return str(python)


def node_folder(source: Path) -> Path:
    """A copy of `source` with the packages that its package-lock.json pins; else the test is skipped."""
    if shutil.which("npm", path=PATHS) is None:
        do_without("Node.js is not installed, so its clients were not tried.")
    folder = CACHE / f"{source.name}-{digest((source / 'package-lock.json').read_bytes())}"
    with alone(folder):
        folder.mkdir(exist_ok=True)
        for file in source.iterdir():
            if file.is_file():
                shutil.copy(file, folder)
        if not (folder / "complete").exists():
            install("npm", ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(folder)])
            (folder / "complete").touch()
    return folder


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """While no other process of the tests makes this folder."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def run(command: Sequence[str], **environment: str) -> str:
    """What it prints in an environment of these variables; it must not fail."""
    given = {"PATH": PATHS, "NO_PROXY": "*", "HOME": str(Path.home())} | environment
    done = subprocess.run(command, capture_output=True, text=True, timeout=RUN_SECONDS, env=given, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def install(index: str, command: Sequence[str]) -> None:
    try:
        given = os.environ | {"PATH": PATHS}
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS, env=given)
    except (OSError, subprocess.SubprocessError) as error:
        # Bytes, where the time was up.
        told = str(getattr(error, "stderr", None) or error)
        if any(words in told for words in ("hash", "HASH", "EINTEGRITY")):
            raise
        reason = f"The package index gave no clients to try: {told.strip().splitlines()[-1:]}"
        if answers(index):
            do_without(reason)
        pytest.skip(reason)


def do_without(reason: str) -> NoReturn:
    """Skip the test, or fail it where TUNEYARD_TEST_CLIENTS is `required`: there nobody reads why tests are skipped."""
    if os.environ.get("TUNEYARD_TEST_CLIENTS") == "required":
        pytest.fail(reason)
    pytest.skip(reason)


def answers(index: str) -> bool:
    """Whether anything can be had from it at all."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            given = os.environ | {"PATH": PATHS}
            done = subprocess.run(
                PROBES[index], cwd=folder, capture_output=True, timeout=ANSWER_SECONDS, env=given, check=False
            )
        except (OSError, subprocess.SubprocessError):
            return False
        return done.returncode == 0


def digest(*parts: bytes) -> str:
    return hashlib.sha256(b"".join(parts)).hexdigest()[:16]
