"""Going on where an earlier attempt was."""

from tuneyard.specs.job import FineTuneSpec
from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.room import Room
from tuneyard_worker.trainers.checkpoints import Checkpoints
from tuneyard_worker.trainers.progress import Progress
from tuneyard_worker.trainers.torch_states import TorchStates


def open_checkpoints(spec: FineTuneSpec, job: JobDirectory, room: Room, progress: Progress) -> Checkpoints:
    """Those of earlier attempts, which is told if there are any, and this one's."""
    least = spec.budget.checkpoint_seconds
    checkpoints = Checkpoints(job, room, TorchStates(), earlier=spec.earlier, least_seconds=least)
    if checkpoints.newest is not None:
        job.continued(checkpoints.newest.step)
        progress.worked_before(checkpoints.newest.seconds)
    return checkpoints
