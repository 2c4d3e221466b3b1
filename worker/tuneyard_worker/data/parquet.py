"""Parquet in: the same rows and columns, every cell as text."""

from pathlib import Path

import duckdb

from tuneyard_worker.data.facts import Facts
from tuneyard_worker.data.names import name_columns
from tuneyard_worker.data.staging import MOST_COLUMNS, PARQUET, identifier, literal, too_many_columns
from tuneyard_worker.failures import JobFailure

NESTED = ("STRUCT", "MAP", "UNION", "VARIANT")


def copy_parquet(database: duckdb.DuckDBPyConnection, source: Path, target: Path) -> Facts:
    """Write `source` as text to `target`: lists and records as JSON, missing values as empty cells."""
    facts = Facts("parquet", [], header=True)
    try:
        described = database.execute(f"DESCRIBE SELECT * FROM read_parquet({literal(source)})").fetchall()
        if len(described) > MOST_COLUMNS:
            raise too_many_columns(len(described))
        facts.columns = name_columns([row[0] for row in described], facts)
        cells = ", ".join(
            f"coalesce({_as_text(row[0], str(row[1]))}, '') AS {identifier(name)}"
            for row, name in zip(described, facts.columns, strict=True)
        )
        database.execute(f"COPY (SELECT {cells} FROM read_parquet({literal(source)})) TO {literal(target)} ({PARQUET})")
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        reason = str(error).split("\n", maxsplit=1)[0][:200]
        raise JobFailure(
            "broken_parquet", f"The Parquet file could not be read: {reason}", "Export it again and upload it anew."
        ) from error
    return facts


def _as_text(name: str, kind: str) -> str:
    column = identifier(name)
    if kind.endswith("[]") or kind.startswith(NESTED):
        return f"CASE WHEN {column} IS NULL THEN '' ELSE CAST(to_json({column}) AS VARCHAR) END"
    return f"CAST({column} AS VARCHAR)"
