"""A dataset version that a fine-tune may start from, and a base model in the store, without a worker."""

from possessions import data_rows
from sqlalchemy import update
from workspaces import WorkspaceUnderTest, services

from tuneyard.base_models.catalogue import CATALOGUE, DEFAULTS
from tuneyard.base_models.importing import MANIFEST, BaseModelManifest, key_of
from tuneyard.datasets.models import Dataset, DatasetVersion
from tuneyard.kit import clock
from tuneyard.kit.ids import new_id
from tuneyard.specs.dataset import ColumnProfile, ColumnType, Profile, ValueCount

ROWS = 400


def column(
    name: str, kind: ColumnType = ColumnType.CATEGORY, *, values: dict[str, int] | None = None, distinct: int = 0
) -> ColumnProfile:
    """A column of ROWS rows; those that `values` does not count are missing, or all different if there are none."""
    filled = sum(values.values()) if values else distinct
    return ColumnProfile(
        name=name,
        type=kind,
        reason="It was made so.",
        missing=ROWS - filled if values else 0,
        distinct=len(values) if values else distinct,
        examples=list(values or {})[:5],
        top_values=[ValueCount(value=value, count=count) for value, count in (values or {}).items()],
    )


COLUMNS = [
    column("body", ColumnType.TEXT, distinct=ROWS),
    column("category", values={"billing": 250, "shipping": 149, "refund": 1}),
    column("ticket", ColumnType.IDENTIFIER, distinct=ROWS),
    column("constant", values={"same": ROWS}),
    column("empty", ColumnType.EMPTY, values={}),
    column("rare", values={"billing": 4, "shipping": 4}),
    column("unique", ColumnType.TEXT, distinct=ROWS),
    column("split", values={"train": 300, "validation": 30, "test": 70}),
]


def make_dataset(workspace: WorkspaceUnderTest, columns: list[ColumnProfile], name: str = "tickets") -> str:
    """Id of a dataset whose first version has these columns."""
    ids = {"dataset_id": new_id("ds"), "upload_id": new_id("up"), "dataset_version_id": new_id("dsv")}
    with services(workspace.app).database.workspace(workspace.id) as session:
        for row in data_rows(workspace.id, ids):
            if isinstance(row, Dataset):
                row.name = name
            session.add(row)
            session.flush()
    make_trainable(workspace, ids["dataset_version_id"], columns)
    return ids["dataset_id"]


def make_trainable(workspace: WorkspaceUnderTest, dataset_version_id: str, columns: list[ColumnProfile]) -> None:
    """Give the version these columns and ROWS rows, and the store the default base models."""
    held = services(workspace.app)
    for entry in (CATALOGUE[base_model_id] for base_model_id in DEFAULTS.values()):
        folder = held.store.path(key_of(entry.id))
        folder.mkdir(parents=True, exist_ok=True)
        manifest = BaseModelManifest(
            created_at=clock.now(), entry=entry, source="local:made", sha256=entry.sha256 or "", files=[]
        )
        (folder / MANIFEST).write_text(manifest.model_dump_json())
    with held.database.workspace(workspace.id) as session:
        version = session.get_one(DatasetVersion, dataset_version_id)
        profile = Profile.model_validate(version.profile).model_copy(update={"rows": ROWS, "columns": columns})
        session.execute(
            update(DatasetVersion)
            .where(DatasetVersion.id == dataset_version_id)
            .values(rows=ROWS, profile=profile.model_dump(mode="json"))
        )
