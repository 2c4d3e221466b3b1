"""Containers without Docker: the steps of our Dockerfiles, literally, in an empty root with a private view of the disk.

The base image is stood in for by this machine's /usr and a new virtual environment; everything else is the image's own.
"""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from dockerfiles import ROOT, Copy, Stage, context, copy_of, inside, matching, read

PYTHON = "/usr/bin/python3.11"
SHARED = ("usr", "opt", "dev", "proc", "sys")
# How this machine reaches its package index.
NETWORK = ("PIP_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "NODE_EXTRA_CA")
# Users of this machine that would be in the way of an image's own.
FORGOTTEN = re.compile(r"(?m)^(tuneyard:.*|[^:]*:[^:]*:1000:.*)\n")
CHROOT = """set -e
mount --make-rprivate /
for folder in {shared}; do mount --rbind /$folder "$0/$folder"; done
{volumes}
exec chroot "$0" "$@"
"""


@dataclass(frozen=True)
class Image:
    """A root folder, and how its last stage wants commands to be run."""

    root: Path
    stage: Stage
    volumes: tuple[tuple[Path, str], ...] = ()

    def command(self, words: list[str], environment: dict[str, str], *, user: str | None, workdir: str) -> list[str]:
        """What runs `words` in here, as `docker run` would: own root, own environment, working folder, user."""
        mounts = "\n".join(f'mount --rbind "{folder}" "$0{target}"' for folder, target in self.volumes)
        script = CHROOT.format(shared=" ".join(SHARED), volumes=mounts)
        given = {"PATH": "/venv/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": "/root"}
        given |= {
            name: value for name, value in os.environ.items() if name.startswith("PIP_") or "proxy" in name.lower()
        }
        given |= self.stage.variables() | environment
        become = ["setpriv", "--reuid=1000", "--regid=1000", "--clear-groups"] if user else []
        if user:
            given["HOME"] = f"/home/{user}"
        variables = ["env", "-i", "-C", workdir, *(f"{name}={value}" for name, value in given.items())]
        return ["unshare", "--mount", "bash", "-c", script, str(self.root), *become, *variables, *words]


def build(dockerfile: Path, folder: Path, log: Path) -> Image:
    """Every step of every stage; the last stage's image. Raises CalledProcessError for a RUN that fails."""
    images: dict[str | None, Image] = {}
    for number, stage in enumerate(read(dockerfile)):
        image = Image(_empty_root(folder / f"{dockerfile.name}-{number}", stage), stage)
        images[stage.name] = image
        workdir = PurePosixPath("/")
        for name, argument in stage.steps:
            if name == "WORKDIR":
                workdir /= argument
                _inside(image.root, workdir).mkdir(parents=True, exist_ok=True)
            elif name == "COPY":
                _copy(copy_of(argument, workdir), image, images)
            elif name == "RUN":
                with log.open("ab") as output:
                    command = image.command(["sh", "-c", argument], {}, user=None, workdir=str(workdir))
                    subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, check=True)
    return images[None]


def _empty_root(root: Path, stage: Stage) -> Path:
    for name in (*SHARED, "root", "home", "var/tmp", "tmp", "run"):
        (root / name).mkdir(parents=True)
    root.chmod(0o755)
    for name in ("tmp", "var/tmp"):
        (root / name).chmod(0o1777)
    for link in ("bin", "sbin", "lib", "lib64"):
        (root / link).symlink_to(f"usr/{link}")
    shutil.copytree("/etc", root / "etc", symlinks=True)
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf", follow_symlinks=True)
    for name in ("passwd", "shadow", "group", "gshadow"):
        path = root / "etc" / name
        path.write_text(FORGOTTEN.sub("", path.read_text()))
    if stage.base.startswith("python:"):
        # Copies, so that the environment works where the root is /.
        subprocess.run([PYTHON, "-m", "venv", "--copies", root / "venv"], check=True)
        for script in (root / "venv/bin").iterdir():
            if script.read_bytes()[:2] == b"#!":
                script.write_text(script.read_text().replace(f"{root}/venv", "/venv"))
    return root


def _copy(copy: Copy, image: Image, images: dict[str | None, Image]) -> None:
    target = _inside(image.root, copy.target)
    files = context()
    for source in copy.sources:
        if copy.stage is not None:
            shutil.copytree(_inside(images[copy.stage].root, PurePosixPath(source)), target)
            continue
        for name in matching(files, source):
            to = target / inside(source, name)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to)


def _inside(root: Path, path: PurePosixPath) -> Path:
    return root / path.relative_to("/")
