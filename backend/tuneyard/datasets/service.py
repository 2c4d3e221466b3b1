"""What can be done with datasets. Versions are immutable; a new reading or file makes the next one."""

from collections.abc import Collection, Sequence
from itertools import count
from pathlib import PurePath

from psycopg.errors import ForeignKeyViolation, UniqueViolation
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tuneyard.datasets import repository
from tuneyard.datasets.errors import DatasetInUse, DatasetNotReady, MissingFile, RepairNotNeeded
from tuneyard.datasets.models import Dataset, DatasetStatus, DatasetVersion, Upload
from tuneyard.datasets.receiving import Allowance, ReceivedFile
from tuneyard.datasets.schemas import LONGEST_NAME
from tuneyard.kit.config import Settings
from tuneyard.kit.db import storable
from tuneyard.kit.errors import NameTaken, NotFound
from tuneyard.kit.ids import new_id
from tuneyard.kit.pagination import PageRequest
from tuneyard.kit.references import discard
from tuneyard.kit.storage import Store
from tuneyard.specs.dataset import Profile
from tuneyard.specs.events import JobError
from tuneyard.specs.job import ReadingOptions
from tuneyard.specs.repairs import Repair
from tuneyard.specs.sayings import Saying

# What the column holds; Postgres refuses to compare it with more.
LARGEST_NUMBER = 2**31 - 1


def get(session: Session, workspace_id: str, dataset_id: str) -> Dataset:
    """One dataset of the workspace; raises NotFound."""
    return _found(repository.get(session, workspace_id, dataset_id), dataset_id)


def hold(session: Session, workspace_id: str, dataset_id: str) -> Dataset:
    """The same, locked: nobody publishes a version of it before this transaction is over."""
    return _locked(session, workspace_id, dataset_id)


def page(
    session: Session, workspace_id: str, request: PageRequest, name: str | None = None
) -> tuple[Sequence[Dataset], str | None]:
    return repository.page(session, workspace_id, request, name)


def matching(session: Session, workspace_id: str, text: str, limit: int) -> Sequence[Dataset]:
    """Those whose name or id fits what somebody types into a search box, the best first."""
    return repository.matching(session, workspace_id, text, limit)


def allowance(session: Session, settings: Settings, workspace_id: str) -> Allowance:
    """How large the next upload of a workspace may be."""
    used = repository.uploaded_bytes(session, workspace_id)
    return Allowance(settings.upload_max_bytes, settings.workspace_max_bytes, used)


def create(
    session: Session, settings: Settings, *, workspace_id: str, name: str | None, file: ReceivedFile
) -> tuple[Dataset, Upload]:
    """A dataset that waits to be read. Without a name it gets the file's, with a number if that is taken.

    Raises NameTaken, QuotaExceeded.
    """
    _charge(session, settings, workspace_id, file)
    if name is None:
        dataset = _insert_under_free_name(session, workspace_id, file.filename)
    else:
        found = repository.insert_if_free(session, workspace_id=workspace_id, dataset_id=new_id("ds"), name=name)
        if found is None:
            raise NameTaken(
                f"There is a dataset '{name}' already.",
                param="name",
                saying=Saying(code="name_taken", details={"name": name}),
            )
        dataset = found
    return dataset, _add_upload(session, dataset, file)


def add_upload(
    session: Session, settings: Settings, *, workspace_id: str, dataset_id: str, file: ReceivedFile
) -> tuple[Dataset, Upload]:
    """A new file for the next version of a dataset. Raises NotFound, QuotaExceeded."""
    _charge(session, settings, workspace_id, file)
    dataset = _start_reading(session, workspace_id, dataset_id)
    return dataset, _add_upload(session, dataset, file)


def read_again(session: Session, workspace_id: str, dataset_id: str, number: int | None) -> tuple[Dataset, Upload]:
    """The file of a version, or the newest one, to be read again. Raises NotFound, MissingFile."""
    dataset = _start_reading(session, workspace_id, dataset_id)
    if number is None:
        upload = repository.newest_upload(session, workspace_id, dataset_id)
    else:
        upload = version_and_upload(session, workspace_id, dataset_id, number)[1]
    if upload is None:
        raise MissingFile("There is no uploaded file to read again.", param="file")
    return dataset, upload


def to_repair(
    session: Session, workspace_id: str, dataset_id: str, number: int, repairs: Collection[Repair]
) -> tuple[Dataset, DatasetVersion, Upload]:
    """A version that needs these repairs, and its file. Raises NotFound, DatasetNotReady, MissingFile,
    RepairNotNeeded.
    """
    version, upload = version_and_upload(session, workspace_id, dataset_id, number)
    needed = {offer.repair for offer in Profile.model_validate(version.profile).repairs}
    for repair in repairs:
        if repair not in needed:
            raise RepairNotNeeded(f"Version {number} has nothing for '{repair}'.", param="repairs")
    if upload is None:
        raise MissingFile("There is no uploaded file that this version came from.", param="number")
    return _start_reading(session, workspace_id, dataset_id), version, upload


def rename(session: Session, workspace_id: str, dataset_id: str, name: str) -> Dataset:
    """Raises NotFound, NameTaken."""
    dataset = _locked(session, workspace_id, dataset_id)
    dataset.name = name
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError as error:
        if not isinstance(error.orig, UniqueViolation):
            raise
        raise NameTaken(
            f"There is a dataset '{name}' already.",
            param="name",
            saying=Saying(code="name_taken", details={"name": name}),
        ) from error
    return dataset


def remove(session: Session, store: Store, workspace_id: str, dataset_id: str) -> None:
    """Delete a dataset with its versions; its files go once that is certain. Raises NotFound, DatasetInUse."""
    dataset = _locked(session, workspace_id, dataset_id)
    keys = repository.storage_keys(session, workspace_id, dataset_id)
    try:
        with session.begin_nested():
            repository.remove(session, dataset)
    except IntegrityError as error:
        if not isinstance(error.orig, ForeignKeyViolation):
            raise
        raise DatasetInUse(f"The dataset '{dataset.name}' can't be deleted.") from error
    discard(session, store, keys)


def to_preview(
    session: Session, workspace_id: str, dataset_id: str, number: int | None, options: ReadingOptions
) -> tuple[Upload, ReadingOptions]:
    """The file of a version, or the newest one, and how to read its beginning.

    Which encoding a file is in shows only in the whole of it, so the one that was found is kept. Raises NotFound,
    DatasetNotReady, MissingFile.
    """
    dataset = get(session, workspace_id, dataset_id)
    if number is None and dataset.latest_version is None:
        upload = repository.newest_upload(session, workspace_id, dataset_id)
    else:
        version, upload = version_and_upload(session, workspace_id, dataset_id, number)
        if options.encoding is None:
            options = options.model_copy(update={"encoding": Profile.model_validate(version.profile).encoding})
    if upload is None:
        raise MissingFile("There is no uploaded file to read.", param="version")
    return upload, options


def get_version(session: Session, workspace_id: str, dataset_id: str, number: int | None) -> DatasetVersion:
    """A version by number, the newest without one. Raises NotFound, DatasetNotReady."""
    return version_and_upload(session, workspace_id, dataset_id, number)[0]


def get_version_by_id(session: Session, workspace_id: str, version_id: str) -> DatasetVersion:
    """Raises NotFound."""
    version = repository.get_version_by_id(session, workspace_id, version_id)
    if version is None:
        raise NotFound(f"There is no dataset version '{version_id}'.")
    return version


def version_and_upload(
    session: Session, workspace_id: str, dataset_id: str, number: int | None
) -> tuple[DatasetVersion, Upload | None]:
    """A version and the file it was read from. Raises NotFound, DatasetNotReady."""
    dataset = get(session, workspace_id, dataset_id)
    within = number is None or number <= LARGEST_NUMBER
    found = repository.get_version(session, workspace_id, dataset_id, number) if within else None
    if found is not None:
        return found
    if dataset.latest_version is not None:
        raise NotFound(f"The dataset '{dataset.name}' has no version {number}.", hint="Its versions are listed.")
    if dataset.status == DatasetStatus.FAILED:
        error = JobError.model_validate(dataset.error)
        raise DatasetNotReady(
            f"The dataset '{dataset.name}' could not be read. {error.message}",
            hint=error.hint or "Upload it again, or read it in another way.",
        )
    raise DatasetNotReady(f"The dataset '{dataset.name}' is still being read.")


def get_upload(session: Session, workspace_id: str, upload_id: str) -> Upload:
    """An uploaded file. Raises NotFound."""
    upload = repository.get_upload(session, workspace_id, upload_id)
    if upload is None:
        raise NotFound(f"There is no upload '{upload_id}'.")
    return upload


def publish_version(
    session: Session,
    *,
    workspace_id: str,
    dataset_id: str,
    upload_id: str,
    storage_key: str,
    profile: Profile,
    sha256: str,
) -> DatasetVersion:
    """The next version of a dataset, which is ready with it. Raises NotFound if the dataset was deleted meanwhile."""
    dataset = _locked(session, workspace_id, dataset_id)
    version = DatasetVersion(
        id=new_id("dsv"),
        workspace_id=workspace_id,
        dataset_id=dataset_id,
        upload_id=upload_id,
        number=repository.last_number(session, workspace_id, dataset_id) + 1,
        storage_key=storage_key,
        sha256=sha256,
        rows=profile.rows,
        profile=storable(profile.model_dump(mode="json")),
    )
    session.add(version)
    dataset.status, dataset.error, dataset.latest_version = DatasetStatus.READY, None, version.number
    session.flush()
    return version


def ingest_failed(session: Session, *, workspace_id: str, dataset_id: str, error: JobError) -> None:
    """Note why a file could not be read; a dataset that has a version stays ready. Nothing to do if it was deleted."""
    dataset = repository.get(session, workspace_id, dataset_id, lock=True)
    if dataset is None:
        return
    dataset.error = storable(error.model_dump(mode="json"))
    if dataset.latest_version is None:
        dataset.status = DatasetStatus.FAILED
    session.flush()


def _charge(session: Session, settings: Settings, workspace_id: str, file: ReceivedFile) -> None:
    """Uploads that arrive at the same time are counted one after the other. Raises QuotaExceeded."""
    repository.lock_workspace(session, workspace_id)
    allowance(session, settings, workspace_id).check(file.bytes)


def _insert_under_free_name(session: Session, workspace_id: str, filename: str) -> Dataset:
    stem = PurePath(filename).stem.strip()[: LONGEST_NAME - 10] or "data"
    taken = repository.names_from(session, workspace_id, stem)
    for number in count(1):
        name = stem if number == 1 else f"{stem} {number}"
        if name in taken:
            continue
        dataset = repository.insert_if_free(session, workspace_id=workspace_id, dataset_id=new_id("ds"), name=name)
        if dataset is not None:
            return dataset
    raise AssertionError("unreachable: there is always a higher number")


def _add_upload(session: Session, dataset: Dataset, file: ReceivedFile) -> Upload:
    upload = Upload(
        id=PurePath(file.storage_key).name,
        workspace_id=dataset.workspace_id,
        dataset_id=dataset.id,
        filename=file.filename,
        storage_key=file.storage_key,
        bytes=file.bytes,
        sha256=file.sha256,
    )
    session.add(upload)
    session.flush()
    return upload


def _start_reading(session: Session, workspace_id: str, dataset_id: str) -> Dataset:
    dataset = _locked(session, workspace_id, dataset_id)
    dataset.error = None
    if dataset.latest_version is None:
        dataset.status = DatasetStatus.PROCESSING
    session.flush()
    return dataset


def _locked(session: Session, workspace_id: str, dataset_id: str) -> Dataset:
    return _found(repository.get(session, workspace_id, dataset_id, lock=True), dataset_id)


def _found(dataset: Dataset | None, dataset_id: str) -> Dataset:
    if dataset is None:
        raise NotFound(f"There is no dataset '{dataset_id}'.")
    return dataset
