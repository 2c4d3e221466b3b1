"""What kind of file it is, told by its first bytes and never by its name."""

import re
import zipfile
from enum import StrEnum
from pathlib import Path

from tuneyard_worker.failures import JobFailure

HEAD_BYTES = 65_536


class Kind(StrEnum):
    EXCEL = "excel"
    PARQUET = "parquet"
    TEXT = "text"


SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF-", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a Windows program"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"{\\rtf", "a rich text document"),
    (b"ARROW1", "an Arrow file"),
    (b"Obj\x01", "an Avro file"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"OggS", "a sound file"),
    (b"ID3", "a sound file"),
    (b"RIFF", "a sound or video file"),
)
ZIP = b"PK\x03\x04"
EMPTY_ZIP = b"PK\x05\x06"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
WEB_PAGE = re.compile(rb"^\s*<(!doctype html|html)[\s>]", re.IGNORECASE)
CONTROL = bytes(set(range(32)) - set(b"\t\n\r\x0b\x0c\x1b"))
CURE = "Upload a table: CSV, TSV, Excel (.xlsx), JSON, JSONL or Parquet."


def kind_of(path: Path) -> Kind:
    """The kind of `path`; refuses an empty file and what cannot hold a table, by saying what it is."""
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if not head:
        raise JobFailure("empty_file", "The file is empty: it has 0 bytes.", "Check the export and upload it again.")
    if head.startswith(b"PAR1"):
        return Kind.PARQUET
    if head.startswith(OLE):
        return Kind.EXCEL
    if head.startswith((ZIP, EMPTY_ZIP)):
        return _kind_of_zip(path)
    for signature, name in SIGNATURES:
        if head.startswith(signature):
            raise not_a_table(name)
    if WEB_PAGE.match(head):
        raise JobFailure(
            "web_page",
            "The file is a web page (HTML), not a table.",
            "Open it in a spreadsheet program, save it as .xlsx or .csv, and upload that.",
        )
    if _is_binary(head):
        raise not_a_table("a binary file of an unknown kind")
    return Kind.TEXT


def not_a_table(name: str) -> JobFailure:
    return JobFailure("not_a_table", f"The file is {name}, not a table.", CURE, details={"kind": name})


def _kind_of_zip(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise JobFailure(
            "broken_zip", "The file starts like an Excel or ZIP file but is damaged or cut off.", "Upload it again."
        ) from error
    if any(name.startswith("xl/") for name in names) or "content.xml" in names:
        return Kind.EXCEL
    if any(name.startswith("word/") for name in names):
        raise not_a_table("a Word document")
    if any(name.startswith("ppt/") for name in names):
        raise not_a_table("a PowerPoint presentation")
    raise JobFailure("zip_archive", "The file is a ZIP archive.", "Unpack it and upload the table inside.")


def _is_binary(head: bytes) -> bool:
    """Many control bytes that are not NULs: text in two-byte encodings is full of NULs, but of little else."""
    nuls = head.count(0)
    controls = len(head) - len(head.translate(None, CONTROL)) - nuls
    return controls > max(8, len(head) // 10) or (nuls > len(head) * 0.8)
