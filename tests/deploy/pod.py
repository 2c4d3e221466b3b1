"""The services of docker-compose.yml without Docker: one private network of addresses, one root folder each."""

import os
import re
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from containers import Image
from dockerfiles import ROOT

from debian_servers import POSTGRES, REDIS

LOOPBACK_UP = """
import fcntl, socket, struct, time
SIOCSIFFLAGS, UP_AND_RUNNING = 0x8914, 0x41
fcntl.ioctl(socket.socket(), SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", UP_AND_RUNNING))
print("up", flush=True)
time.sleep(1e6)
"""
VARIABLE = re.compile(r"\$(?:(\$)|\{(\w+)(?::([-?])([^}]*))?\}|(\w+))")
HEALTHY, COMPLETED = "service_healthy", "service_completed_successfully"
HEALTHY_SECONDS = 300
# The private network leads nowhere.
FETCHING = {"models"}


class Pod:
    """Starts services in the order and on the conditions of the file, as Compose would."""

    def __init__(self, folder: Path, images: Mapping[str, Image]) -> None:
        self.folder = folder
        self.secrets = {
            name: secrets.token_hex(32)
            for name in ("POSTGRES_PASSWORD", "REDIS_PASSWORD", "TUNEYARD_SECRET", "TUNEYARD_SERVICE_TOKEN")
        }
        file = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
        self.services: dict[str, dict[str, Any]] = self._filled_in(file["services"])
        self._images = images
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._network = 0

    @contextmanager
    def up(self) -> Iterator[None]:
        """Everything healthy, or completed; everything stopped again afterwards."""
        command = ["unshare", "--net", sys.executable, "-c", LOOPBACK_UP]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as network:
            assert network.stdout
            network.stdout.readline()
            self._network = network.pid
            try:
                self._name_addresses()
                for name in self.services:
                    self._start(name)
                for name, service in self.services.items():
                    self._wait(name, HEALTHY if "healthcheck" in service else COMPLETED)
                yield
            finally:
                self._stop()
                network.kill()

    def execute(self, name: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """`docker compose exec NAME WORDS`."""
        return subprocess.run(
            self._command(name, list(words), environment), capture_output=True, text=True, check=False, timeout=600
        )

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def _start(self, name: str) -> None:
        if name in self._processes:
            return
        service = self.services[name]
        for needed, condition in service.get("depends_on", {}).items():
            self._start(needed)
            self._wait(needed, condition["condition"])
        words = self._postgres() if name == "postgres" else service["command"]
        if name in self._images_of_ours():
            words = [*yaml.safe_load(self._image(name).stage.value("ENTRYPOINT")), *words]
        with (self.folder / f"{name}.log").open("wb") as log:
            self._processes[name] = subprocess.Popen(
                self._command(name, words, {}), stdout=log, stderr=subprocess.STDOUT, cwd="/"
            )

    def _wait(self, name: str, condition: str) -> None:
        deadline = time.monotonic() + HEALTHY_SECONDS
        while time.monotonic() < deadline:
            code = self._processes[name].poll()
            if condition == COMPLETED and code is not None:
                assert code == 0, self.log(name)
                return
            if condition == HEALTHY:
                assert code is None, self.log(name)
                if self._healthy(name):
                    return
            time.sleep(0.5)
        raise AssertionError(f"{name} is not healthy in time:\n{self.log(name)}")

    def _healthy(self, name: str) -> bool:
        kind, *words = self.services[name]["healthcheck"]["test"]
        words = ["sh", "-c", *words] if kind == "CMD-SHELL" else words
        return self.execute(name, *words).returncode == 0

    def _command(self, name: str, words: list[str], environment: Mapping[str, str]) -> list[str]:
        given = {key: str(value) for key, value in self.services[name].get("environment", {}).items()} | environment
        enter = [] if name in FETCHING else ["nsenter", f"--net=/proc/{self._network}/ns/net"]
        if name in self._images_of_ours():
            return [*enter, *self._image(name).command(words, given, user="tuneyard", workdir="/app")]
        given["PATH"] = f"{self.folder / 'bin'}:{POSTGRES}:/usr/bin:/bin"
        user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if name == "postgres" else []
        return [*enter, *user, "env", "-i", *(f"{key}={value}" for key, value in given.items()), *words]

    def _images_of_ours(self) -> list[str]:
        return [name for name, service in self.services.items() if "build" in service]

    def _image(self, name: str) -> Image:
        return self._images[self.services[name]["image"]]

    def _postgres(self) -> list[str]:
        """What the postgres image does at its first start, with Debian's programs."""
        folder = self.folder / "postgres"
        folder.mkdir()
        shutil.chown(folder, "postgres", "postgres")
        given = self.services["postgres"]["environment"]
        password = self.folder / "postgres-password"
        password.write_text(given["POSTGRES_PASSWORD"])
        password.chmod(0o644)
        options = ["-D", str(folder / "data"), "-U", given["POSTGRES_USER"], "--pwfile", str(password), "--no-sync"]
        made = self._command("postgres", ["initdb", *options, "-A", "scram-sha-256", "--encoding=UTF8"], {})
        subprocess.run(made, check=True, capture_output=True, cwd="/")
        database = f"CREATE DATABASE {given['POSTGRES_DB']}"
        single = self._command("postgres", ["postgres", "--single", "-D", str(folder / "data"), "postgres"], {})
        subprocess.run(single, input=database.encode(), check=True, capture_output=True, cwd="/")
        rules = folder / "data" / "pg_hba.conf"
        rules.write_text(f"{rules.read_text()}\nhost all all all scram-sha-256\n")
        return ["postgres", "-D", str(folder / "data"), "-h", "*", "-k", str(folder)]

    def _name_addresses(self) -> None:
        """Each service has an address of its own, as its container would."""
        lines = [f"127.0.1.{number} {name}\n" for number, name in enumerate(self.services, 1)]
        for image in self._images.values():
            (image.root / "etc/hosts").write_text("".join(["127.0.0.1 localhost\n", *lines]))
        programs = self.folder / "bin"
        programs.mkdir()
        for name in ("server", "cli"):
            (programs / f"valkey-{name}").symlink_to(str(REDIS).replace("redis-server", f"redis-{name}"))

    def _stop(self) -> None:
        """Ours first, as Compose does: the others are what they depend on."""
        ours = {name: process for name, process in self._processes.items() if name in self._images_of_ours()}
        for processes in (ours, {name: process for name, process in self._processes.items() if name not in ours}):
            for process in processes.values():
                process.terminate()
            for process in processes.values():
                process.wait(60)

    def _filled_in(self, part: Any) -> Any:
        """As Compose does it: variables in strings, after the file was parsed."""
        match part:
            case dict():
                return {name: self._filled_in(value) for name, value in part.items()}
            case list():
                return [self._filled_in(value) for value in part]
            case str():
                return VARIABLE.sub(self._interpolated, part)
        return part

    def _interpolated(self, found: re.Match[str]) -> str:
        dollar, name, operator, default, short = found.groups()
        if dollar:
            return "$"
        value = self.secrets.get(name or short)
        assert value or operator != "?", f"{name} {default}"
        return value or default or ""


def bound(image: Image, volume: Path) -> Image:
    """The image with a named volume at /data; a new volume takes the owner of what the image has there."""
    state = (image.root / "data").stat()
    os.chown(volume, state.st_uid, state.st_gid)
    return Image(image.root, image.stage, ((volume, "/data"),))
