"""From a request for a fine-tune to a queued job."""

from sqlalchemy.orm import Session

from tuneyard.jobs import estimating, fitting, planning, service
from tuneyard.jobs.models import Job
from tuneyard.jobs.schemas import FineTuneRequest
from tuneyard.kit.queue import Queue
from tuneyard.kit.services import Services
from tuneyard.specs.job import JobKind


def fine_tune(session: Session, services: Services, workspace_id: str, request: FineTuneRequest) -> Job:
    """Queue it, if all of it fits together and onto a worker; raises an error that names the place and the cure."""
    plan = planning.plan(session, services.store, workspace_id, request)
    fitting.refuse_without_card(session, plan)
    fitting.refuse_too_large(services.store, plan, fitting.machines_that_train(session))
    time = estimating.forecast(session, services.settings, services.store, workspace_id, plan)
    return service.submit(
        session,
        services.doorbell,
        workspace_id=workspace_id,
        kind=JobKind.FINE_TUNE,
        name=plan.name,
        spec=plan.spec(request),
        queue=Queue.TRAIN,
        dataset_id=request.dataset_id,
        dataset_version_id=plan.version.id,
        validation_version_id=plan.validation.id if plan.validation else None,
        estimated_seconds=time.seconds[0],
    )
