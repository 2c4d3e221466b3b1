"""Datasets for tests: uploaded through the api, read by what stands in for the worker."""

import json
from dataclasses import dataclass
from typing import Any

import duckdb
from fastapi.testclient import TestClient
from workspaces import WorkspaceUnderTest, services

from tuneyard.datasets import service
from tuneyard.datasets.models import DatasetVersion
from tuneyard.kit.ids import new_id
from tuneyard.specs.dataset import ColumnProfile, ColumnType, Finding, Profile, Question
from tuneyard.specs.repairs import Repair, RepairCount, RepairRecord
from tuneyard.specs.tasks import Role, Task

MESSAGES = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
CHATS = "\n".join(json.dumps({"messages": MESSAGES}) for _ in range(20)).encode()
CSV = "text,label\nMy card was charged twice,billing\nIt crashes,bug\n"


def upload(client: TestClient, content: str | bytes = CSV, filename: str = "tickets.csv", **fields: str) -> Any:
    """POST a file; the answer's JSON."""
    answer = client.post("/api/v1/datasets", files={"file": (filename, content)}, data=fields)
    assert answer.status_code == 202, answer.text
    return answer.json()


def profile(names: list[str], rows: int, rejected: int) -> Profile:
    return Profile(
        rows=rows,
        columns=[
            ColumnProfile(
                name=name,
                type=ColumnType.TEXT,
                reason="Words.",
                missing=0,
                distinct=rows,
                examples=["a\0b"],
                top_values=[],
            )
            for name in names
        ],
        rejected_rows=rejected,
        blank_rows=3,
        format="csv",
        encoding="utf-8",
        delimiter=",",
        quote='"',
        header=True,
        suggested_task=Task.TEXT_CLASSIFICATION,
        suggested_columns={Role.TEXT: names[0]},
        suggestion_reason="It holds sentences.",
        findings=[Finding(code="duplicate_rows", severity="warning", message="2 rows are the same.", rows=[1, 2])],
        repairs=[RepairCount(repair=Repair.REMOVE_DUPLICATES, rows=1)],
        questions=[Question(code="header", message="Is it a header?", chosen="true", alternatives=["false"])],
    )


@dataclass(frozen=True)
class Publisher:
    """Does what the worker does when it has read a file."""

    workspace: WorkspaceUnderTest

    def publish(
        self,
        dataset_id: str,
        rows: list[list[str | None]],
        names: list[str] | None = None,
        rejects: list[tuple[int, str, str]] | None = None,
    ) -> DatasetVersion:
        names = names or ["text", "label"]
        values = ", ".join(f"({', '.join('?' for _ in names)})" for _ in rows)
        columns = ", ".join('"' + name.replace('"', '""') + '"' for name in names)
        cells = [cell for row in rows for cell in row]
        query = f"SELECT * FROM (VALUES {values}) AS t({columns})"
        return self.publish_query(dataset_id, query, len(rows), names, cells, rejects or [])

    def publish_repaired(
        self, dataset_id: str, rows: list[list[str | None]], removed: list[tuple[int, str, str]]
    ) -> DatasetVersion:
        """As if version 1 had been repaired."""
        version = self.publish(dataset_id, rows, rejects=removed)
        held = services(self.workspace.app)
        folder = held.store.path(version.storage_key)
        (folder / "rejects.parquet").rename(folder / "removed.parquet")
        done = [RepairCount(repair=Repair.REMOVE_DUPLICATES, rows=len(removed))]
        record = RepairRecord(version=1, done=done, removed_rows=len(removed))
        with held.database.workspace(self.workspace.id) as session:
            found = service.get_version(session, self.workspace.id, dataset_id, version.number)
            found.profile = found.profile | {"repaired": record.model_dump(mode="json")}
        return version

    def publish_query(
        self,
        dataset_id: str,
        query: str,
        rows: int,
        names: list[str],
        parameters: list[Any] | None = None,
        rejects: list[tuple[int, str, str]] | None = None,
    ) -> DatasetVersion:
        held = services(self.workspace.app)
        key = f"datasets/{self.workspace.id}/{new_id('dsv')}"
        folder = held.store.path(key)
        folder.mkdir(parents=True)
        with duckdb.connect(":memory:") as connection:
            connection.execute(
                "CREATE TABLE rejects (line BIGINT, raw VARCHAR, reason VARCHAR, code VARCHAR, details VARCHAR)"
            )
            if rejects:
                connection.executemany(
                    "INSERT INTO rejects VALUES (?, ?, ?, 'wrong_width', '{\"cells\": 3, \"expected\": 2}')", rejects
                )
            connection.execute(f"COPY ({query}) TO '{folder}/data.parquet' (FORMAT parquet)", parameters or [])
            connection.execute(f"COPY rejects TO '{folder}/rejects.parquet' (FORMAT parquet)")
        with held.database.workspace(self.workspace.id) as session:
            newest = service.read_again(session, self.workspace.id, dataset_id, None)[1]
            return service.publish_version(
                session,
                workspace_id=self.workspace.id,
                dataset_id=dataset_id,
                upload_id=newest.id,
                storage_key=key,
                profile=profile(names, rows, len(rejects or [])),
                sha256="0" * 64,
            )
