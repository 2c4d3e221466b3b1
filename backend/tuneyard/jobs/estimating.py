"""How long a job will take and what it needs, before it is started."""

import statistics

from sqlalchemy.orm import Session

from tuneyard.jobs import repository
from tuneyard.jobs.planning import Plan
from tuneyard.jobs.schemas import Estimate, FineTuneRequest
from tuneyard.kit.config import Settings
from tuneyard.specs.dataset import ColumnProfile
from tuneyard.specs.hyperparameters import Preset
from tuneyard.specs.tasks import Role, columns_of

# Guesses, not measurements: seconds of start-up, and per 1,000 rows with the default base model on two cores.
# Earlier jobs of the workspace take their place; the two memory figures below are guesses as well.
RULE_OF_THUMB = {Preset.FAST: (10.0, 4.0), Preset.BALANCED: (25.0, 40.0), Preset.BEST: (40.0, 150.0)}
RULE_THREADS = 2
BASE_MEMORY_BYTES = 700 * 2**20
BYTES_PER_TOKEN = 40_000
FEW_ROWS_OF_A_CLASS = 10
FEW_HELD_OUT_ROWS = 100


def estimate(session: Session, settings: Settings, workspace_id: str, request: FineTuneRequest, plan: Plan) -> Estimate:
    """What `plan` will take here."""
    label = _column(plan, columns_of(request.columns, Role.LABEL)[0])
    rows = plan.profile.rows - label.missing
    held_out = round(rows * plan.hyperparameters.test_fraction)
    seconds, basis = _seconds(session, settings, workspace_id, request, plan, rows)
    tokens = plan.hyperparameters.batch_size * plan.hyperparameters.max_length
    return Estimate(
        seconds=round(min(seconds, plan.hyperparameters.time_budget_seconds * 1.2), 1),
        basis=basis,
        memory_bytes=BASE_MEMORY_BYTES + tokens * BYTES_PER_TOKEN // plan.hyperparameters.gradient_accumulation_steps,
        device=f"cpu, {settings.threads} threads",
        train_rows=rows - held_out,
        held_out_rows=held_out,
        base_model=plan.base_model_id,
        hyperparameters=plan.hyperparameters,
        warnings=warnings(label, held_out),
    )


def warnings(label: ColumnProfile, held_out: int) -> list[str]:
    """What may disappoint, in words."""
    found = []
    if label.missing:
        found.append(f"{label.missing:,} rows have no value in column '{label.name}'; they are left out.")
    rare = [f"'{item.value}'" for item in label.top_values if item.count < FEW_ROWS_OF_A_CLASS]
    if rare:
        shown = ", ".join(rare[:5]) + (" …" if len(rare) > 5 else "")
        found.append(
            f"{len(rare)} classes have fewer than {FEW_ROWS_OF_A_CLASS} rows and may be learned badly: {shown}"
        )
    if held_out < FEW_HELD_OUT_ROWS:
        found.append(f"Only {held_out} rows are kept for the exam, so the result will be a rough one.")
    return found


def _seconds(
    session: Session, settings: Settings, workspace_id: str, request: FineTuneRequest, plan: Plan, rows: int
) -> tuple[float, str]:
    past = repository.finished_durations(session, workspace_id, request.preset, plan.base_model_id)
    start, per_thousand = RULE_OF_THUMB[request.preset]
    if past:
        per_row = statistics.median(max(duration - start, 1.0) / max(count, 1) for duration, count in past)
        return start + per_row * rows, "earlier jobs like this one"
    share = per_thousand * rows / 1000 * RULE_THREADS / settings.threads
    return start + share, "a rule of thumb; it gets better with every job"


def _column(plan: Plan, name: str) -> ColumnProfile:
    return next(column for column in plan.profile.columns if column.name == name)
