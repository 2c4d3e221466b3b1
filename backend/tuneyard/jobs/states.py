"""The life of a job: who may move it where. The only authority, for people, claims, endings and the reaper alike."""

from enum import StrEnum

from tuneyard.jobs.models import JobStatus


class Action(StrEnum):
    """What a person may ask for."""

    PAUSE = "pause"
    CANCEL = "cancel"
    RESUME = "resume"
    RETRY = "retry"


class Step(StrEnum):
    """What the engine does by itself."""

    CLAIM = "claim"
    END = "end"
    REAP = "reap"


QUEUED, RUNNING, PAUSED = JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.PAUSED
SUCCEEDED, FAILED, CANCELLED = JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELLED

TRANSITIONS: dict[Action | Step, dict[JobStatus, tuple[JobStatus, ...]]] = {
    Action.PAUSE: {QUEUED: (PAUSED,), RUNNING: (RUNNING,), PAUSED: (PAUSED,)},
    Action.RESUME: {QUEUED: (QUEUED,), RUNNING: (RUNNING,), PAUSED: (QUEUED,)},
    Action.CANCEL: {QUEUED: (CANCELLED,), RUNNING: (RUNNING,), PAUSED: (CANCELLED,), CANCELLED: (CANCELLED,)},
    Action.RETRY: {QUEUED: (QUEUED,), RUNNING: (RUNNING,), FAILED: (QUEUED,), CANCELLED: (QUEUED,)},
    Step.CLAIM: {QUEUED: (RUNNING,)},
    Step.END: {RUNNING: (SUCCEEDED, FAILED, CANCELLED, PAUSED, QUEUED)},
    Step.REAP: {RUNNING: (QUEUED, FAILED, CANCELLED, PAUSED)},
}
"""From each state, where it leads. What is not listed is refused. An action that leads a job to the state it is in
changes nothing, so that asking twice is asking once; of a running job its worker is told, whose ending moves it."""


def target(action: Action, status: JobStatus) -> JobStatus | None:
    """Where an action leads a job; None if it is refused."""
    found = TRANSITIONS[action].get(status)
    return found[0] if found else None


def useful(status: JobStatus, asked: Action | None) -> list[Action]:
    """What can be asked of a job and would make a difference; `asked` is what its worker has been told already."""
    if status == RUNNING:
        told = {None: [Action.PAUSE, Action.CANCEL], Action.PAUSE: [Action.CANCEL, Action.RESUME]}
        return told.get(asked, [])
    return [action for action in Action if target(action, status) not in (None, status)]


def permitted(step: Step, status: JobStatus) -> JobStatus:
    """`status`, if the engine may move a running job there."""
    if status not in TRANSITIONS[step][RUNNING]:
        raise ValueError(f"{step} may not lead to {status}")
    return status


def table() -> str:
    """All of it in Markdown, as docs/jobs.md has it."""
    lines = ["| in the state | " + " | ".join(JobStatus) + " |", "|---" * (len(JobStatus) + 1) + "|"]
    for name, moves in TRANSITIONS.items():
        cells = [" · ".join(moves[status]) if status in moves else "–" for status in JobStatus]
        lines.append(f"| `{name}` | " + " | ".join(cells) + " |")
    return "\n".join(lines)
