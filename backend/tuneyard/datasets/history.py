"""The versions of a dataset as they are shown, with where each came from."""

from typing import Any

from sqlalchemy.orm import Session

from tuneyard.datasets import repository, service
from tuneyard.datasets.models import DatasetVersion, Origin, Upload
from tuneyard.datasets.schemas import DatasetVersionRead, DatasetVersionSummary, UploadRead
from tuneyard.kit.pagination import PageRequest
from tuneyard.specs.dataset import Profile
from tuneyard.specs.job import ReadingOptions
from tuneyard.specs.repairs import RepairRecord


def versions(
    session: Session, workspace_id: str, dataset_id: str, request: PageRequest
) -> tuple[list[DatasetVersionSummary], str | None]:
    """The versions of a dataset with where each came from. Raises NotFound."""
    service.get(session, workspace_id, dataset_id)
    found, cursor = repository.page_versions(session, workspace_id, dataset_id, request)
    makings = repository.makings(session, workspace_id, [version.id for version in found])
    uploads = repository.uploads_of(session, workspace_id, dataset_id)
    firsts = repository.first_numbers(session, workspace_id, dataset_id)
    summaries = [
        summary(
            version,
            uploads.get(version.upload_id or ""),
            firsts,
            *_making(*makings[version.id]),
        )
        for version in found
    ]
    return summaries, cursor


def version_read(session: Session, workspace_id: str, dataset_id: str, number: int) -> DatasetVersionRead:
    """All that is known of a version. Raises NotFound, DatasetNotReady."""
    version, upload = service.version_and_upload(session, workspace_id, dataset_id, number)
    profile = Profile.model_validate(version.profile)
    known = {name: getattr(profile, name) for name in Profile.model_fields}
    firsts = repository.first_numbers(session, workspace_id, dataset_id)
    return DatasetVersionRead(
        **(known | summary(version, upload, firsts, profile.options, profile.repaired).model_dump())
    )


def summary(
    version: DatasetVersion,
    upload: Upload | None,
    firsts: dict[str, int],
    options: ReadingOptions,
    repaired: RepairRecord | None,
) -> DatasetVersionSummary:
    """A version and where it came from; `firsts` are the numbers of the first versions of the uploads."""
    first = upload is not None and firsts[upload.id] == version.number
    return DatasetVersionSummary(
        id=version.id,
        dataset_id=version.dataset_id,
        number=version.number,
        rows=version.rows,
        sha256=version.sha256,
        created_at=version.created_at,
        origin=Origin.UPLOAD if first else Origin.READING if repaired is None else Origin.REPAIR,
        options=options,
        repaired=repaired,
        upload=UploadRead.model_validate(upload) if upload is not None else None,
    )


def _making(options: Any, repaired: Any) -> tuple[ReadingOptions, RepairRecord | None]:
    return ReadingOptions.model_validate(options or {}), RepairRecord.model_validate(repaired) if repaired else None
