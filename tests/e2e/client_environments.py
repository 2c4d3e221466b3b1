"""Environments with clients of other people, installed once by their locks and kept for the next time."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ROOT / "requirements" / "clients"
CACHE = Path(os.environ.get("TUNEYARD_TEST_CACHE") or Path.home() / ".cache" / "tuneyard-tests")
INSTALL_SECONDS = 280


def python_with(lock: str) -> str:
    """The Python of an environment with what `requirements/clients/<lock>.lock` pins; else the test is skipped."""
    content = (LOCKS / f"{lock}.lock").read_bytes()
    folder = CACHE / f"{lock}-{digest(content, sys.version.encode())}"
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        install([sys.executable, "-m", "venv", "--without-pip", str(folder)])
        pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-input"]
        install([*pip, "--require-hashes", "--no-deps", "-r", str(LOCKS / f"{lock}.lock")])
        (folder / "complete").touch()
    return str(python)


def node_folder(source: Path) -> Path:
    """A copy of `source` with the packages that its package-lock.json pins; else the test is skipped."""
    if shutil.which("npm") is None:
        pytest.skip("Node is not installed, so its clients were not tried.")
    folder = CACHE / f"{source.name}-{digest((source / 'package-lock.json').read_bytes())}"
    folder.mkdir(parents=True, exist_ok=True)
    for file in source.iterdir():
        if file.is_file():
            shutil.copy(file, folder)
    if not (folder / "complete").exists():
        install(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(folder)])
        (folder / "complete").touch()
    return folder


def install(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS)
    except (OSError, subprocess.SubprocessError) as error:
        told = getattr(error, "stderr", None) or str(error)
        if any(words in told for words in ("hash", "HASH", "EINTEGRITY")):
            raise
        pytest.skip(f"The package index gave no clients to try: {told.strip().splitlines()[-1:]}")


def digest(*parts: bytes) -> str:
    return hashlib.sha256(b"".join(parts)).hexdigest()[:16]
