"""The child process of a preview: the first rows of a file, read in one way.

`python -m tuneyard_worker.data.preview DIR`. Exit status 0: `preview.json` is there. 1: `error.json` says why not.
"""

import resource
import sys
from pathlib import Path

import duckdb

from tuneyard.specs.dataset import Preview, PreviewSpec
from tuneyard_worker.data.reading import TableReading, read_table
from tuneyard_worker.data.sniff import Kind, kind_of
from tuneyard_worker.data.staging import connect, identifier, literal
from tuneyard_worker.runner import guarded, limit_memory

HEAD_BYTES = 2 << 20
MOST_ROWS, MOST_COLUMNS, MOST_CHARS = 8, 40, 120
JUDGED_LINES = 1_000


def run(folder: Path) -> int:
    """Read as `spec.json` of `folder` says; the exit status of the process."""
    spec = PreviewSpec.model_validate_json((folder / "spec.json").read_bytes())
    limit_memory(spec.budget)
    resource.setrlimit(resource.RLIMIT_CPU, (spec.cpu_seconds, spec.cpu_seconds))
    return guarded(folder, lambda: write_preview(spec, folder))


def write_preview(spec: PreviewSpec, folder: Path) -> None:
    """Write `preview.json`; raises JobFailure."""
    threads = spec.budget.threads
    reading = read_table(head_of(spec.path, folder), spec.filename, spec.options, folder, threads)
    with connect(folder / "scratch", threads) as database:
        preview = preview_of(database, reading)
    (folder / "preview.json").write_text(preview.model_dump_json(), encoding="utf-8")


def head_of(path: Path, folder: Path) -> Path:
    """The first lines of a long text as a file of its own; any other file as it is."""
    if kind_of(path) is not Kind.TEXT or path.stat().st_size <= HEAD_BYTES:
        return path
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if head.lstrip()[:1] in {b"[", b"{"}:
        return path  # JSON makes no sense where it breaks off
    target = folder / "head"
    target.write_bytes(head[: head.rfind(b"\n") + 1] or head)
    return target


def preview_of(database: duckdb.DuckDBPyConnection, reading: TableReading) -> Preview:
    """The beginning of a table, small enough to be shown beside another."""
    names = reading.columns[:MOST_COLUMNS]
    cells = ", ".join(f"left({identifier(name)}, {MOST_CHARS})" for name in names)
    rows = database.execute(
        f"SELECT {cells} FROM read_parquet({literal(reading.parquet)}) LIMIT {MOST_ROWS}"
    ).fetchall()
    rejected = database.execute(
        f"SELECT count(*) FROM read_parquet({literal(reading.rejects)}) WHERE line <= {JUDGED_LINES}"
    ).fetchone()
    return Preview(
        columns=names,
        column_count=len(reading.columns),
        rows=[list(row) for row in rows],
        rejected_rows=int(rejected[0]) if rejected else 0,
        encoding=reading.encoding,
        delimiter=reading.delimiter,
        quote=reading.quote,
        header=reading.header,
    )


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1])))
