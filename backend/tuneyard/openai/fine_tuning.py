"""Fine-tunings: validated here, worked on as native jobs, and deployed when they have succeeded."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy.orm import Session

from tuneyard.datasets import service as datasets
from tuneyard.datasets.models import DatasetStatus
from tuneyard.deployments import service as deployments
from tuneyard.deployments import serving_client
from tuneyard.jobs import service as jobs
from tuneyard.jobs import starting
from tuneyard.jobs.models import Job
from tuneyard.jobs.states import Action
from tuneyard.kit import clock
from tuneyard.kit.errors import NotFound, TuneyardError, WrongState
from tuneyard.kit.ids import new_id
from tuneyard.kit.services import Services
from tuneyard.openai import repository, results, tuning_request
from tuneyard.openai.errors import BadRequest, StillValidating
from tuneyard.openai.fine_tuning_schemas import FineTuningCreate, FineTuningsQuery
from tuneyard.openai.lists import age_of
from tuneyard.openai.models import FineTuning
from tuneyard.specs.dataset import Profile
from tuneyard.specs.events import LogData

log = structlog.get_logger()

ID_LETTERS, BASE_LETTERS, SUFFIX_LETTERS = 10, 26, 20
"""Of the parts of a tuned model's name, which is the name of a deployment and no longer than that may be."""


@dataclass(frozen=True)
class State:
    """A fine-tuning with its job; none while its files are validated."""

    fine_tuning: FineTuning
    job: Job | None


def create(session: Session, services: Services, workspace_id: str, body: FineTuningCreate) -> State:
    """Start it, or let it wait until its files are read. Raises BadRequest for all that can be told at once."""
    tuning_request.refuse_unsupported(body)
    fine_tuning = FineTuning(
        id=new_id("ftjob"),
        workspace_id=workspace_id,
        model=tuning_request.base_model(services.store, body.model).id,
        training_file=body.training_file,
        validation_file=body.validation_file,
        training_dataset_id=body.training_file,
        validation_dataset_id=body.validation_file,
        suffix=body.suffix,
        seed=body.seed or 0,
        hyperparameters=tuning_request.hyperparameters(body),
        tags=dict(body.metadata or {}),
        job_id=None,
        fine_tuned_model=None,
        error=None,
        ended_at=None,
    )
    # In this order, whoever reads one of the files either is done before, or finds that it is waited for.
    for param, dataset_id in sorted(_files(fine_tuning), key=lambda file: file[1]):
        try:
            datasets.hold(session, workspace_id, dataset_id)
        except NotFound as error:
            raise BadRequest(f"There is no file '{dataset_id}'.", param=param, hint="Upload it first.") from error
    session.add(fine_tuning)
    session.flush()
    session.refresh(fine_tuning)
    try:
        job = start_if_read(session, services, fine_tuning)
    except TuneyardError as error:
        raise tuning_request.reworded(error) from error
    return State(fine_tuning, job)


def page(session: Session, workspace_id: str, query: FineTuningsQuery, tags: dict[str, str] | None) -> Sequence[State]:
    """Newest first, one more than asked for if there are so many."""
    after = age_of(query.after) if query.after else None
    found = repository.fine_tunings(session, workspace_id, after, query.limit + 1, tags=tags)
    return [State(*each) for each in found]


def get(session: Session, workspace_id: str, fine_tuning_id: str, *, lock: bool = False) -> State:
    """Raises NotFound."""
    found = repository.fine_tuning(session, workspace_id, fine_tuning_id, lock=lock)
    if found is None:
        raise NotFound(f"There is no fine-tuning job '{fine_tuning_id}'.", param="fine_tuning_job_id")
    return State(*found)


def act(session: Session, services: Services, workspace_id: str, fine_tuning_id: str, action: Action) -> State:
    """Cancel, pause or resume. Raises NotFound, WrongState."""
    state = get(session, workspace_id, fine_tuning_id, lock=True)
    fine_tuning = state.fine_tuning
    if state.job is not None:
        return State(fine_tuning, jobs.act(session, services.doorbell, workspace_id, state.job.id, action))
    if fine_tuning.error is not None:
        raise WrongState("The job is failed.", hint="Correct what its error says, and create another one.")
    if action != Action.CANCEL:
        ended = fine_tuning.ended_at is not None
        raise WrongState("The job is cancelled.") if ended else StillValidating("Its files are being validated.")
    if fine_tuning.ended_at is None:
        _end(fine_tuning)
        session.flush()
    return state


def start_if_read(session: Session, services: Services, fine_tuning: FineTuning) -> Job | None:
    """The native job, if all files have been read. Raises what is wrong with them or the request."""
    workspace_id = fine_tuning.workspace_id
    for _, dataset_id in _files(fine_tuning):
        if datasets.get(session, workspace_id, dataset_id).status == DatasetStatus.PROCESSING:
            return None
    version = datasets.get_version(session, workspace_id, fine_tuning.training_file, None)
    request = tuning_request.native_request(fine_tuning, Profile.model_validate(version.profile))
    job = starting.fine_tune(session, services, workspace_id, request)
    fine_tuning.job_id = job.id
    fine_tuning.training_dataset_id = fine_tuning.validation_dataset_id = None
    session.flush()
    return job


def file_read(session: Session, services: Services, workspace_id: str, dataset_id: str) -> None:
    """For the worker: a file was read, or can't be; whatever waited for it goes on, or fails with the cause."""
    for fine_tuning in repository.waiting_for(session, workspace_id, dataset_id):
        try:
            with session.begin_nested():
                job = start_if_read(session, services, fine_tuning)
        except TuneyardError as error:
            fine_tuning.error = tuning_request.reworded(error).body.error.model_dump(
                include={"code", "message", "param"}
            )
            _end(fine_tuning)
            session.flush()
            log.info("fine_tuning.refused", fine_tuning_id=fine_tuning.id, code=error.code)
        else:
            log.info("fine_tuning.file_read", fine_tuning_id=fine_tuning.id, job_id=job.id if job else None)


def published(
    session: Session, services: Services, workspace_id: str, job_id: str, model_version_id: str
) -> dict[str, Any]:
    """For the worker: what came out of a job is deployed, if it was asked for here.

    Returns what the result of the job is to keep of it. All its figures have been told.
    """
    fine_tuning = repository.of_job(session, workspace_id, job_id)
    if fine_tuning is None:
        return {}
    _deploy(session, services, fine_tuning, job_id, model_version_id)
    figures = repository.metrics(session, workspace_id, [job_id])[job_id]
    return {results.SIZE: len(results.table(figures))}


def tuned_name(fine_tuning: FineTuning) -> str:
    """`ft-<base model>-<suffix>-<id>`, as far as there is room for a deployment's name."""
    parts = ("ft", slug(fine_tuning.model, BASE_LETTERS), slug(fine_tuning.suffix or "", SUFFIX_LETTERS))
    return "-".join([*filter(None, parts), fine_tuning.id[-ID_LETTERS:]])


def slug(text: str, letters: int) -> str:
    """Small letters, digits and single dashes."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower())[:letters].strip("-")


def _deploy(session: Session, services: Services, fine_tuning: FineTuning, job_id: str, model_version_id: str) -> None:
    workspace_id, name = fine_tuning.workspace_id, tuned_name(fine_tuning)
    try:
        with session.begin_nested():
            deployments.create(
                session,
                lambda: serving_client.announce(services.settings),
                workspace_id,
                name,
                model_version_id,
            )
    except TuneyardError as error:
        # The model is there all the same.
        log.warning("fine_tuning.not_deployed", fine_tuning_id=fine_tuning.id, error=str(error))
        cause = f"The model was not deployed as '{name}': {error}"
        told = LogData(
            code="not_deployed",
            message=f"{cause} It is kept all the same: deploy it on its page, by another name.",
            details={"name": name, "cause": str(error)},
            level="warning",
        )
        jobs.tell(session, workspace_id, job_id, told)
        return
    fine_tuning.fine_tuned_model = name
    session.flush()


def _files(fine_tuning: FineTuning) -> list[tuple[str, str]]:
    """Each file with the parameter that names it."""
    training, validation = fine_tuning.training_file, fine_tuning.validation_file
    return [("training_file", training), *([("validation_file", validation)] if validation else [])]


def _end(fine_tuning: FineTuning) -> None:
    fine_tuning.ended_at = clock.now()
    fine_tuning.training_dataset_id = fine_tuning.validation_dataset_id = None
