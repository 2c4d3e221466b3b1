"""Reads Dockerfiles and .dockerignore as far as ours go."""

import fnmatch
import re
import shlex
import subprocess
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Copy:
    """One COPY: absolute target, sources relative to the context or absolute in another stage."""

    sources: list[str]
    target: PurePosixPath
    stage: str | None


@dataclass
class Stage:
    """What one FROM begins."""

    base: str
    name: str | None
    steps: list[tuple[str, str]] = field(default_factory=list)
    """(instruction, argument) in order."""

    def variables(self) -> dict[str, str]:
        """What ENV and the defaults of ARG set."""
        words = [word for name, argument in self.steps if name in ("ENV", "ARG") for word in shlex.split(argument)]
        return dict(word.split("=", 1) for word in words)

    def value(self, instruction: str) -> str:
        """The argument of an instruction that is there once."""
        (argument,) = [argument for name, argument in self.steps if name == instruction]
        return argument


def read(path: Path) -> list[Stage]:
    """The stages of a Dockerfile."""
    text = re.sub(r"(?m)^\s*#.*\n", "", path.read_text())
    stages: list[Stage] = []
    for line in re.sub(r"\\\n\s*", "", text).splitlines():
        name, _, argument = line.strip().partition(" ")
        if name == "FROM":
            base, *alias = argument.split()
            stages.append(Stage(base, alias[-1] if alias else None))
        elif name:
            stages[-1].steps.append((name, argument.strip()))
    return stages


def copy_of(argument: str, workdir: PurePosixPath) -> Copy:
    """The argument of a COPY in the folder it is run in."""
    words = shlex.split(argument)
    stage = words.pop(0).removeprefix("--from=") if words[0].startswith("--from=") else None
    *sources, target = words
    return Copy(sources, workdir / target, stage)


def context() -> list[str]:
    """The files of a fresh clone that Docker would be given."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    patterns = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line]
    return [name for name in listed.stdout.splitlines() if not any(_ignored(name, pattern) for pattern in patterns)]


def matching(files: list[str], source: str) -> list[str]:
    """The files that a source of a COPY names: itself, or everything below a folder."""
    folder = source.rstrip("/") + "/"
    return [name for name in files if name == source or name.startswith(folder)]


def inside(source: str, name: str) -> str:
    """Where a file of a source lands below the target: a folder is copied by its contents."""
    return PurePosixPath(name).name if name == source else PurePosixPath(name).relative_to(source).as_posix()


def _ignored(name: str, pattern: str) -> bool:
    if pattern.startswith("**/"):
        return any(fnmatch.fnmatch(part, pattern[3:]) for part in PurePosixPath(name).parts)
    return name == pattern or name.startswith(f"{pattern}/")
