"""How long a job will take and what it needs, before it is started."""

from collections import Counter
from collections.abc import Callable

from sqlalchemy.orm import Session

from tuneyard.base_models import service as base_models
from tuneyard.jobs import repository
from tuneyard.jobs.fitting import machines_that_train, placed, short_of_memory_at_the_end, too_large, without_card
from tuneyard.jobs.pace import Forecast
from tuneyard.jobs.planning import Plan
from tuneyard.jobs.schemas import Estimate, FineTuneRequest
from tuneyard.kit.config import Settings
from tuneyard.kit.storage import Store
from tuneyard.specs.device import processors
from tuneyard.specs.sayings import Remark
from tuneyard.specs.splits import TEST, VALIDATION, side_of
from tuneyard.specs.tasks import Role, Task, columns_of

FEW_ROWS_OF_A_CLASS = 10
FEW_HELD_OUT_ROWS = 100
SHOWN_CLASSES = 5


def estimate(
    session: Session, settings: Settings, store: Store, workspace_id: str, request: FineTuneRequest, plan: Plan
) -> Estimate:
    """What `plan` will take here."""
    hyper = plan.hyperparameters
    rows = plan.labelled_rows
    held_out = held_out_rows(request, plan, rows)
    device = processors(settings.threads)
    machines = machines_that_train(session)
    time = forecast(session, settings, store, workspace_id, plan)
    taken, basis = time.seconds
    return Estimate(
        seconds=round(taken, 1),
        basis=basis,
        memory_bytes=placed(store, plan, machines).needed,
        device=device.message,
        device_saying=device.apart,
        train_rows=rows - held_out,
        held_out_rows=held_out,
        base_model=plan.base_model_id,
        hyperparameters=hyper,
        warnings=[
            *WARNINGS[request.task](plan, held_out),
            *time.rows_without_time,
            *without_card(session, plan),
            *too_large(store, plan, machines),
            *short_of_memory_at_the_end(store, plan, machines),
        ],
    )


def forecast(session: Session, settings: Settings, store: Store, workspace_id: str, plan: Plan) -> Forecast:
    """The time that `plan` will take here."""
    return Forecast(
        plan,
        base_models.get(store, plan.base_model_id).entry,
        placed(store, plan, machines_that_train(session)).machine,
        settings.threads,
        repository.finished_fine_tunes(session, workspace_id, plan.base_model_id),
    )


def held_out_rows(request: FineTuneRequest, plan: Plan, rows: int) -> int:
    """How many of `rows` are kept for the exam: those that a split column names, else a share of all."""
    share = round(rows * plan.hyperparameters.test_fraction)
    names = columns_of(request.columns, Role.SPLIT)
    if not names:
        return share
    sides: Counter[str | None] = Counter()
    for item in plan.column(names[0]).top_values:
        sides[side_of(item.value)] += item.count
    # As the runner does: without test rows the validation rows are the exam, and without those it is drawn.
    return min(sides[TEST] or sides[VALIDATION] or share, rows)


def class_warnings(plan: Plan, held_out: int) -> list[Remark]:
    """What may disappoint of classes."""
    label, found = plan.answer, []
    if label.missing:
        rows = "1 row has" if label.missing == 1 else f"{label.missing:,} rows have"
        found.append(
            Remark(
                code="missing_label",
                message=f"{rows} no value in column '{label.name}' and will be left out.",
                details={"count": label.missing, "column": label.name},
            )
        )
    rare = [item.value for item in label.top_values if item.count < FEW_ROWS_OF_A_CLASS]
    if rare:
        classes = "1 class has" if len(rare) == 1 else f"{len(rare)} classes have"
        found.append(
            Remark(
                code="rare_classes",
                message=f"{classes} fewer than {FEW_ROWS_OF_A_CLASS} rows and may be learned badly: {_listed(rare)}. "
                "Add rows, or merge them with other classes.",
                details={"count": len(rare), "few": FEW_ROWS_OF_A_CLASS, "classes": rare[:SHOWN_CLASSES]},
            )
        )
    single = [item.value for item in label.top_values if item.count == 1]
    if single:
        found.append(
            Remark(
                code="single_row_classes",
                message=f"The exam can't ask about classes of column '{label.name}' with a single row: "
                f"{_listed(single)}.",
                details={"column": label.name, "classes": single[:SHOWN_CLASSES]},
            )
        )
    return [*found, *_short_exam(held_out)]


def answer_warnings(plan: Plan, held_out: int) -> list[Remark]:
    """What may disappoint of answers to learn."""
    found = []
    for answer in plan.answers:
        if answer.missing:
            rows = "1 row has" if answer.missing == 1 else f"{answer.missing:,} rows have"
            found.append(
                Remark(
                    code="missing_answer",
                    message=f"{rows} no text in column '{answer.name}' and will be left out.",
                    details={"count": answer.missing, "column": answer.name},
                )
            )
    return [*found, *_short_exam(held_out)]


WARNINGS: dict[Task, Callable[[Plan, int], list[Remark]]] = {
    Task.TEXT_CLASSIFICATION: class_warnings,
    Task.TEXT_GENERATION: answer_warnings,
}


def _short_exam(held_out: int) -> list[Remark]:
    if held_out >= FEW_HELD_OUT_ROWS:
        return []
    rows = "1 row is" if held_out == 1 else f"{held_out} rows are"
    message = f"Only {rows} kept for the exam, so the result will be a rough one."
    return [Remark(code="short_exam", message=message, details={"count": held_out})]


def _listed(classes: list[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in classes[:SHOWN_CLASSES])
    return shown + (" …" if len(classes) > SHOWN_CLASSES else "")
