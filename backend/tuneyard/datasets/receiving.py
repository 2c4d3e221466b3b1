"""A multipart upload, streamed into the store: memory does not grow with the file and no byte is written twice."""

import hashlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from anyio import CancelScope
from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from tuneyard.datasets.errors import EmptyFile, QuotaExceeded, UnreadableForm, UploadTooLarge
from tuneyard.kit.storage import NewFile, Store, naming_full_disk
from tuneyard.specs.sayings import Saying

FILE_FIELD = "file"
WRITE_BYTES = 2**20
FIELDS_BYTES = 2**16
FORM_OVERHEAD_BYTES = FIELDS_BYTES + 2**14


@dataclass(frozen=True)
class Allowance:
    """How large an upload may be."""

    upload_bytes: int
    workspace_bytes: int
    used_bytes: int = 0
    """By the uploads that the workspace has already."""

    def check(self, size: int) -> None:
        """Raises UploadTooLarge or QuotaExceeded."""
        if size > self.upload_bytes:
            raise UploadTooLarge(
                f"The file is larger than {in_words(self.upload_bytes)}.",
                param=FILE_FIELD,
                saying=Saying(code="upload_too_large", details={"most": in_words(self.upload_bytes)}),
            )
        if self.used_bytes + size > self.workspace_bytes:
            raise QuotaExceeded(
                f"The file does not fit: this workspace may keep {in_words(self.workspace_bytes)} of uploads and has "
                f"{in_words(self.used_bytes)}.",
                param=FILE_FIELD,
                saying=Saying(
                    code="quota_exceeded",
                    details={"most": in_words(self.workspace_bytes), "used": in_words(self.used_bytes)},
                ),
            )


@dataclass
class ReceivedFile:
    """A file that lies in the store; it is removed again unless it is kept."""

    storage_key: str
    filename: str
    bytes: int = 0
    sha256: str = ""
    kept: bool = False

    def keep(self) -> None:
        """To be called once the database knows of the file."""
        self.kept = True


@dataclass
class ReceivedForm:
    """The text fields of a form, and its file if there was one."""

    fields: dict[str, Any] = field(default_factory=dict)
    file: ReceivedFile | None = None

    @property
    def identity(self) -> str:
        """The same for two forms that ask for the same."""
        file = (self.file.filename, self.file.sha256) if self.file else ()
        return json.dumps([self.fields, *file], sort_keys=True)


@asynccontextmanager
async def received_form(
    request: Request, store: Store, storage_key: str, allowance: Allowance
) -> AsyncIterator[ReceivedForm]:
    """Stream a form; its file goes to `storage_key` and is removed on leaving, unless `keep` was called.

    Raises UploadTooLarge, QuotaExceeded, EmptyFile, DiskFull, UnreadableForm.
    """
    refuse_declared_length(request, allowance)
    reception = _Reception(store, storage_key, allowance)
    try:
        with reception:
            await reception.run(request)
        yield reception.form
    finally:
        if reception.form.file is not None and not reception.form.file.kept:
            # Shielded: the request may have been given up, and a bucket takes its time.
            with CancelScope(shield=True):
                await run_in_threadpool(store.delete, [storage_key])


def refuse_declared_length(request: Request, allowance: Allowance) -> None:
    """Refuse before the first byte what says itself that it is too large."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal():
        allowance.check(int(declared) - FORM_OVERHEAD_BYTES)


def in_words(size: int) -> str:
    """A size as people write it: `5 GB`, `1.5 MB`, `300 bytes`."""
    for unit, name in ((2**30, "GB"), (2**20, "MB"), (2**10, "KB")):
        if size >= unit:
            return f"{size / unit:.1f}".removesuffix(".0") + f" {name}"
    return f"{size} bytes"


class _Reception:
    """Feeds the body to the parser, and what the parser tells to the fields and the file."""

    def __init__(self, store: Store, storage_key: str, allowance: Allowance) -> None:
        self.form = ReceivedForm()
        self._store = store
        self._key = storage_key
        self._allowance = allowance
        self._target: NewFile | None = None
        self._hash = hashlib.sha256()
        self._header_name, self._header_value = bytearray(), bytearray()
        self._disposition = b""
        self._in_file = False
        self._field_name = ""
        self._field_value = bytearray()
        self._fields_bytes = 0
        self._waiting = bytearray()
        self._complete = False

    def __enter__(self) -> "_Reception":
        return self

    def __exit__(self, *_: object) -> None:
        if self._target is not None:
            # What a full disk left in the buffer is thrown away with the file.
            with suppress(OSError):
                self._target.close()

    async def run(self, request: Request) -> None:
        parser = self._parser(request.headers.get("content-type", ""))
        try:
            async for chunk in request.stream():
                parser.write(chunk)
                if len(self._waiting) >= WRITE_BYTES:
                    await run_in_threadpool(_naming_full_disk, self._write)
        except FormParserError as error:
            raise UnreadableForm("The form in the request can't be read.") from error
        except ClientDisconnect as error:
            raise UnreadableForm("The connection was closed before the upload was complete.") from error
        if not self._complete:
            raise UnreadableForm("The upload ended before the form was complete.")
        if self.form.file is not None:
            await run_in_threadpool(_naming_full_disk, self._finish)

    def _parser(self, content_type: str) -> MultipartParser:
        kind, parameters = parse_options_header(content_type)
        if kind != b"multipart/form-data" or b"boundary" not in parameters:
            raise UnreadableForm("The request is not a form with a file.")
        try:
            return MultipartParser(
                parameters[b"boundary"],
                {
                    "on_part_begin": self._on_part_begin,
                    "on_header_field": self._on_header_field,
                    "on_header_value": self._on_header_value,
                    "on_header_end": self._on_header_end,
                    "on_headers_finished": self._on_headers_finished,
                    "on_part_data": self._on_part_data,
                    "on_part_end": self._on_part_end,
                    "on_end": self._on_end,
                },
            )
        except FormParserError as error:
            raise UnreadableForm("The form in the request can't be read.") from error

    def _on_part_begin(self) -> None:
        self._disposition, self._in_file, self._field_value = b"", False, bytearray()

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _on_header_end(self) -> None:
        if self._header_name.lower() == b"content-disposition":
            self._disposition = bytes(self._header_value)
        self._header_name, self._header_value = bytearray(), bytearray()

    def _on_headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._field_name = _text(options.get(b"name", b""))
        filename = options.get(b"filename")
        # A browser sends an empty file name for a file that was not chosen.
        if not filename:
            return
        if self._field_name != FILE_FIELD or self.form.file is not None:
            raise UnreadableForm(f"Only one file can be uploaded at a time, in the field '{FILE_FIELD}'.")
        self._in_file = True
        self.form.file = ReceivedFile(self._key, plain_filename(_text(filename)))

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._in_file and self.form.file is not None:
            self.form.file.bytes += end - start
            self._allowance.check(self.form.file.bytes)
            self._waiting += data[start:end]
            return
        self._fields_bytes += end - start
        if self._fields_bytes > FIELDS_BYTES:
            raise UnreadableForm(f"The field '{self._field_name[:100]}' is too long.")
        self._field_value += data[start:end]

    def _on_part_end(self) -> None:
        if self._in_file or not self._field_name:
            return
        if self._field_name in self.form.fields:
            raise UnreadableForm(f"The field '{self._field_name[:100]}' is there twice.", hint="Send each field once.")
        self.form.fields[self._field_name] = _text(bytes(self._field_value))

    def _on_end(self) -> None:
        self._complete = True

    def _write(self) -> None:
        if self._target is None:
            self._target = self._store.create(self._key)
        self._target.write(self._waiting)
        self._hash.update(self._waiting)
        self._waiting.clear()

    def _finish(self) -> None:
        file = self.form.file
        if file is None or file.bytes == 0:
            raise EmptyFile("The file is empty.", param=FILE_FIELD)
        self._write()
        if self._target is not None:
            # The database will say that the file is here; so it must outlive a loss of power.
            self._target.commit()
        file.sha256 = self._hash.hexdigest()


def plain_filename(name: str) -> str:
    """The last part of a file name, without control characters; `data` if nothing is left."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable()).strip()[:255] or "data"


def _naming_full_disk(step: Callable[[], None]) -> None:
    with naming_full_disk("the upload"):
        step()


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
