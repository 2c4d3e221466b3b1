"""A version's files as a zip that is written while it is sent: one chunk of one file is in memory at a time."""

import hashlib
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import structlog

from tuneyard.kit.storage import Store
from tuneyard.registry.errors import ArtifactDamaged, FormatNotMade
from tuneyard.registry.schemas import CardLanguage, DownloadFormat
from tuneyard.specs.manifest import FileEntry, ModelManifest

log = structlog.get_logger()

CHUNK_BYTES = 1 << 20
CARD = "README.md"
CARDS = {CardLanguage.ENGLISH: CARD, CardLanguage.CHINESE: "README.zh-CN.md"}
MANIFEST = "manifest.json"
FOLDERS = {
    DownloadFormat.TRANSFORMERS: "model/",
    DownloadFormat.ONNX: "onnx/",
    DownloadFormat.ADAPTER: "adapter/",
    DownloadFormat.GGUF: "gguf/",
    DownloadFormat.FULL: "",
}


@dataclass(frozen=True)
class Member:
    """One file of the zip; `sha256` is checked while it is sent, None for the manifest itself."""

    key: str
    name: str
    bytes: int
    sha256: str | None


def members(store: Store, artifact: str, manifest: ModelManifest, wanted: DownloadFormat) -> list[Member]:
    """The files of a format. Raises FormatNotMade if the version has none of them, ArtifactDamaged if one is missing or
    has another size than the manifest says.
    """
    if not any(entry.path.startswith(FOLDERS[wanted]) for entry in manifest.files):
        raise FormatNotMade(f"This version has no files of the format '{wanted}'.", param="format")
    sizes = {item.key.removeprefix(f"{artifact}/"): item.bytes for item in store.files(artifact)}
    chosen = []
    for entry in manifest.files:
        name = _name_in_zip(entry, manifest, wanted)
        if name is not None:
            _check(sizes, entry)
            chosen.append(Member(f"{artifact}/{entry.path}", name, entry.bytes, entry.sha256))
    if wanted is DownloadFormat.FULL:
        if MANIFEST not in sizes:
            raise ArtifactDamaged("The manifest is missing in the store.")
        chosen.append(Member(f"{artifact}/{MANIFEST}", MANIFEST, sizes[MANIFEST], None))
    return chosen


def stream_zip(store: Store, files: list[Member]) -> Iterator[bytes]:
    """The zip in pieces, uncompressed: weights do not shrink. An altered file breaks the transfer off."""
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_STORED) as archive:
        for member in files:
            yield from _stream_member(store, archive, member, outlet)
    yield outlet.take()


def _stream_member(store: Store, archive: zipfile.ZipFile, member: Member, outlet: "_Outlet") -> Iterator[bytes]:
    information = zipfile.ZipInfo(member.name)
    information.external_attr = 0o644 << 16
    information.file_size = member.bytes
    digest = hashlib.sha256()
    with store.open(member.key) as source, archive.open(information, "w") as target:
        while chunk := source.read(CHUNK_BYTES):
            digest.update(chunk)
            target.write(chunk)
            yield outlet.take()
    if member.sha256 is not None and digest.hexdigest() != member.sha256:
        log.error("artifact.altered", path=member.key)
        raise ArtifactDamaged(f"The file '{member.name}' was altered after training.")


def _name_in_zip(entry: FileEntry, manifest: ModelManifest, wanted: DownloadFormat) -> str | None:
    """Where a file lies in the zip, at its root so that the unpacked folder loads as it is; None if left out."""
    if wanted is DownloadFormat.FULL or entry.path == CARD:
        return entry.path
    folder = FOLDERS[wanted]
    # The split graphs are for the serving process; model.onnx is the same network in one piece, on the same weights.
    serving_only = manifest.serving is not None and entry.path in (manifest.serving.encoder, manifest.serving.head)
    if not entry.path.startswith(folder) or serving_only:
        return None
    return entry.path.removeprefix(folder)


def _check(sizes: Mapping[str, int], entry: FileEntry) -> None:
    if entry.path not in sizes:
        raise ArtifactDamaged(f"The file '{entry.path}' is missing in the store.")
    if sizes[entry.path] != entry.bytes:
        raise ArtifactDamaged(f"The file '{entry.path}' has another size than when it was published.")


class _Outlet:
    """A file that cannot be rewound: what the archive writes, the response takes."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        # A copy, because the archive may reuse its buffer.
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """What was written is taken by somebody else."""

    def take(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)
