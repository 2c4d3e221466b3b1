"""From a request to a plan: everything checked that can be known before any compute is spent."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy.orm import Session

from tuneyard.base_models import service as base_models
from tuneyard.datasets import service as datasets
from tuneyard.datasets.models import DatasetVersion
from tuneyard.jobs.errors import (
    ColumnGivenTwice,
    ColumnWithoutText,
    LabelsSeenOnce,
    MissingColumn,
    SingleClassLabel,
    SplitWithoutTrain,
    TooFewRows,
    UnknownSplitValue,
    UnsuitableBaseModel,
)
from tuneyard.jobs.schemas import FineTuneRequest
from tuneyard.kit.errors import InvalidRequest
from tuneyard.kit.storage import Store
from tuneyard.kit.wording import what_is_wrong
from tuneyard.specs.dataset import ColumnProfile, ColumnType, Profile
from tuneyard.specs.hyperparameters import PRESETS, Hyperparameters
from tuneyard.specs.sayings import Saying
from tuneyard.specs.splits import TRAIN, side_of
from tuneyard.specs.tasks import SEVERAL, Role, Task, closest_form, columns_of, learns_preferences, roles_of
from tuneyard.specs.templates import blanks
from tuneyard.specs.text_generation import TextGenerationHyperparameters

FEWEST_ROWS = 10
# Of English text, about.
CHARACTERS_PER_TOKEN = 4
READ: dict[Task, tuple[Role, ...]] = {
    Task.TEXT_CLASSIFICATION: (Role.TEXT,),
    Task.TEXT_GENERATION: (Role.PROMPT, Role.COMPLETION, Role.REJECTED, Role.MESSAGES, Role.CONTENT),
}
"""The roles whose text the model reads."""
ANSWERS: dict[Task, tuple[Role, ...]] = {
    Task.TEXT_CLASSIFICATION: (Role.LABEL,),
    Task.TEXT_GENERATION: (Role.COMPLETION, Role.MESSAGES, Role.CONTENT),
}
"""The roles that hold what is to be answered; a request has one of them."""
TEMPLATES = ("system_prompt", "prompt_template")
AUTHOR_NAMES = "author_names"
"""Why a column is taken for one of authors whose names don't say who answers."""


@dataclass(frozen=True)
class Plan:
    """A request whose every part exists and fits."""

    version: DatasetVersion
    validation: DatasetVersion | None
    """Whose rows choose the best moment, where the request names one."""
    profile: Profile
    base_model_id: str
    hyperparameters: Hyperparameters
    name: str
    characters: int
    """Of text to read, what is cut off not counted."""
    answer: ColumnProfile
    """The column that holds what is to be answered, as the label."""
    unwanted: ColumnProfile | None
    """The column of the answers that are not wanted, where it learns which of two is."""

    @property
    def answers(self) -> list[ColumnProfile]:
        """The columns that a row needs to be learnt from."""
        return [self.answer, *([self.unwanted] if self.unwanted else [])]

    @property
    def labelled_rows(self) -> int:
        return self.profile.rows - max(column.missing for column in self.answers)

    def column(self, name: str) -> ColumnProfile:
        """What is known of a column."""
        return next(column for column in self.profile.columns if column.name == name)

    def spec(self, request: FineTuneRequest) -> dict[str, Any]:
        """What the job stores: the request with every choice made."""
        return {
            "task": request.task.value,
            "columns": {role.value: value for role, value in request.columns.items()},
            "base_model": self.base_model_id,
            "preset": request.preset.value,
            "hyperparameters": self.hyperparameters.model_dump(mode="json"),
            "seed": request.seed,
            "name": self.name,
            "dataset_version": self.version.number,
            "rows": self.version.rows,
            "characters": self.characters,
        } | self._validation_spec(request)

    def _validation_spec(self, request: FineTuneRequest) -> dict[str, Any]:
        if self.validation is None:
            return {}
        number = self.validation.number
        return {"validation_dataset_id": request.validation_dataset_id, "validation_version": number}


def plan(session: Session, store: Store, workspace_id: str, request: FineTuneRequest) -> Plan:
    """Check a request against its dataset and the catalogue; raises an error that names the place and the cure."""
    dataset = datasets.get(session, workspace_id, request.dataset_id)
    version = datasets.get_version(session, workspace_id, request.dataset_id, request.version)
    profile = Profile.model_validate(version.profile)
    hyperparameters = resolve_hyperparameters(request)
    answer = check_columns(request, hyperparameters, profile)
    validation = validation_version(session, workspace_id, request, hyperparameters)
    base_model_id = request.base_model
    if base_model_id == "auto":
        base_model_id = base_models.choose(store, request.task)
    check_base_model(store, base_model_id, request.task)
    return Plan(
        version=version,
        validation=validation,
        profile=profile,
        base_model_id=base_model_id,
        hyperparameters=hyperparameters,
        name=request.name or dataset.name,
        characters=characters_to_read(request, profile, hyperparameters),
        answer=answer,
        unwanted=next(
            (column for column in profile.columns if column.name in columns_of(request.columns, Role.REJECTED)), None
        ),
    )


def validation_version(
    session: Session, workspace_id: str, request: FineTuneRequest, hyperparameters: Hyperparameters
) -> DatasetVersion | None:
    """The version whose rows choose the best moment, if one is asked for; it has what the columns need."""
    if request.validation_dataset_id is None:
        return None
    if request.task is not Task.TEXT_GENERATION or columns_of(request.columns, Role.SPLIT):
        reason = "a split column is given" if columns_of(request.columns, Role.SPLIT) else "the model does not write"
        raise InvalidRequest(
            f"A dataset for validation has no use here: {reason}.",
            param="validation_dataset_id",
            hint="Leave it out, or mark the rows with a split column.",
        )
    if request.validation_dataset_id == request.dataset_id:
        raise InvalidRequest(
            "The dataset for validation is the one to learn from: rows that were learned tell nothing.",
            param="validation_dataset_id",
            hint="Leave it out, and some of the rows are set aside; or name another one.",
        )
    version = datasets.get_version(session, workspace_id, request.validation_dataset_id, request.validation_version)
    known = {column.name: column for column in Profile.model_validate(version.profile).columns}
    asked = [name for role in request.columns for name in columns_of(request.columns, role)]
    asked += [name for field in TEMPLATES for name in blanks(getattr(hyperparameters, field))]
    lacking = next((name for name in asked if name not in known), None)
    if lacking is not None:
        raise MissingColumn(
            f"The dataset for validation has no column '{lacking}'.",
            param="validation_dataset_id",
            hint=f"It has: {listed(known)}.",
            saying=Saying(code="missing_column", details={"column": lacking, "others": listed(known)}),
        )
    return version


def check_base_model(store: Store, base_model_id: str, task: Task) -> None:
    """It is known and can be taught the task."""
    entry = base_models.startable(store, base_model_id).entry
    if task not in entry.tasks:
        able = [each.entry.id for each in base_models.listing(store) if task in each.entry.tasks]
        raise UnsuitableBaseModel(
            f"The base model '{base_model_id}' can't be taught {task.value.replace('_', ' ')}.",
            param="base_model",
            hint=f"Choose one of: {', '.join(able)}.",
            saying=Saying(code="base_model_of_other_task", details={"model": base_model_id, "others": able}),
        )


def characters_to_read(request: FineTuneRequest, profile: Profile, hyperparameters: Hyperparameters) -> int:
    """Characters of all texts, each cut at about the longest that the model reads."""
    means = {column.name: column.lengths.mean for column in profile.columns if column.lengths}

    def mean(*without: Role) -> float:
        roles = [role for role in READ[request.task] if role not in without]
        read = sum(means.get(name, 0) for role in roles for name in columns_of(request.columns, role))
        return min(read, hyperparameters.max_length * CHARACTERS_PER_TOKEN)

    other = 0.0
    if learns_preferences(request.columns):
        # Each of two answers is read behind the question; where there is none, what is wanted has it as well.
        beside = Role.COMPLETION if columns_of(request.columns, Role.COMPLETION) else Role.MESSAGES
        other = mean(beside)
    return round(profile.rows * (mean(Role.REJECTED) + other))


def resolve_hyperparameters(request: FineTuneRequest) -> Hyperparameters:
    """The preset's hyperparameters with the changes of the request."""
    preset = PRESETS[request.task][request.preset]
    try:
        return type(preset).model_validate(preset.model_dump() | (request.hyperparameters or {}))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise InvalidRequest(
            f"Hyperparameter '{name}'{what_is_wrong(first)}.",
            param=f"hyperparameters.{name}",
            hint="GET /api/v1/jobs/hyperparameters lists them with their bounds.",
        ) from error


def check_columns(request: FineTuneRequest, hyperparameters: Hyperparameters, profile: Profile) -> ColumnProfile:
    """Every role that the task needs is filled by a column that can fill it; the column of the answers."""
    known = {column.name: column for column in profile.columns}
    check_form(request, hyperparameters, known)
    for role in request.columns:
        names = columns_of(request.columns, role)
        if len(names) > 1 and role not in SEVERAL:
            raise InvalidRequest(f"Only one column can be the {role}.", param=f"columns.{role}")
        for name in names:
            if name not in known:
                raise MissingColumn(
                    f"There is no column '{name}'.",
                    param=f"columns.{role}",
                    hint=f"Choose one of: {listed(known)}.",
                    saying=Saying(code="missing_column", details={"column": name, "others": listed(known)}),
                )
    check_roles(request)
    CHECKS[request.task](request, hyperparameters, known, profile)
    check_split(request, known)
    role = next(role for role in ANSWERS[request.task] if columns_of(request.columns, role))
    return known[columns_of(request.columns, role)[0]]


def check_form(request: FineTuneRequest, hyperparameters: Hyperparameters, known: dict[str, ColumnProfile]) -> None:
    """The roles are those of one of the task's forms. A template stands for the prompt."""
    given = {role for role in request.columns if columns_of(request.columns, role)}
    strange = next((role for role in request.columns if role not in roles_of(request.task)), None)
    if strange is not None:
        raise InvalidRequest(f"The task has no role '{strange}'.", param=f"columns.{strange}")
    if isinstance(hyperparameters, TextGenerationHyperparameters) and hyperparameters.prompt_template:
        given.add(Role.PROMPT)
    form = closest_form(request.task, given)
    lacking = next((role for role in form.needs if role not in given), None)
    if lacking is not None:
        raise MissingColumn(
            f"No column is given for '{lacking}'.",
            param=f"columns.{lacking}",
            hint=f"Choose one of: {listed(known)}.",
            saying=Saying(code="no_column_given", details={"others": listed(known)}),
        )
    if not form.fits(given):
        extra = sorted(given - {*form.needs, *form.may})[0]
        together = " and ".join(f"'{role}'" for role in form.needs)
        if extra == Role.PROMPT and not columns_of(request.columns, extra):
            raise InvalidRequest(
                f"With {together} there is no question that a template could ask.",
                param="hyperparameters.prompt_template",
                hint="Leave the template out.",
                saying=Saying(code="template_without_question"),
            )
        raise InvalidRequest(f"With {together} there is nothing to do for '{extra}'.", param=f"columns.{extra}")


def check_classes(
    request: FineTuneRequest, _: Hyperparameters, known: dict[str, ColumnProfile], profile: Profile
) -> None:
    """There are classes to tell apart, and texts to tell them by."""
    check_label(request, known, profile)
    check_text(request, known)


def check_answers(
    request: FineTuneRequest, hyperparameters: Hyperparameters, known: dict[str, ColumnProfile], profile: Profile
) -> None:
    """There is something to learn in every column that is read, and the templates name columns that exist."""
    templated = isinstance(hyperparameters, TextGenerationHyperparameters) and bool(hyperparameters.prompt_template)
    for role in READ[Task.TEXT_GENERATION]:
        if not (role is Role.PROMPT and templated):
            check_filled(request, role, known, profile)
    for field in TEMPLATES:
        for name in blanks(getattr(hyperparameters, field)):
            if name not in known:
                raise MissingColumn(
                    f"There is no column '{name}' to fill in.",
                    param=f"hyperparameters.{field}",
                    hint=f"Write {{{{column}}}} with one of: {listed(known)}.",
                    saying=Saying(code="no_column_to_fill_in", details={"column": name, "others": listed(known)}),
                )
    if isinstance(hyperparameters, TextGenerationHyperparameters):
        check_authors(request, hyperparameters.answering_authors, known)


def check_filled(request: FineTuneRequest, role: Role, known: dict[str, ColumnProfile], profile: Profile) -> None:
    """Enough rows have text in a column that plays the role, if any does."""
    columns = [known[name] for name in columns_of(request.columns, role)]
    fullest = min(columns, key=lambda column: column.missing, default=None)
    filled = profile.rows - fullest.missing if fullest else FEWEST_ROWS
    # In a list of messages a single row may be a whole lesson, but ten are needed to hold any out.
    if fullest is not None and filled < FEWEST_ROWS:
        rows = "1 row has" if filled == 1 else f"{filled} rows have"
        raise TooFewRows(
            f"Only {rows} text in column '{fullest.name}'.",
            param=f"columns.{role}",
            hint="Add rows: fifty are a start.",
            saying=Saying(code="too_few_answers", details={"rows": filled, "column": fullest.name}),
        )


def check_authors(request: FineTuneRequest, answering: list[str], known: dict[str, ColumnProfile]) -> None:
    """Where every row is a message it is known who of the authors answers."""
    for name in columns_of(request.columns, Role.AUTHOR):
        column = known[name]
        if not answering and any(reason.code == AUTHOR_NAMES for reason in column.reasons):
            raise InvalidRequest(
                f"Nobody knows who of the authors in column '{name}' answers.",
                param="hyperparameters.answering_authors",
                hint="Name those whose messages are to be learned.",
                saying=Saying(code="answering_unknown", details={"column": name}),
            )
        seen = {value.value.strip().casefold() for value in column.top_values}
        strange = next((author for author in answering if author.strip().casefold() not in seen), None)
        if strange is not None and column.distinct <= len(column.top_values):
            raise InvalidRequest(
                f"Nobody in column '{name}' is called '{strange}'.",
                param="hyperparameters.answering_authors",
                hint="Choose among the authors of its rows.",
                saying=Saying(code="author_unknown", details={"column": name, "author": strange}),
            )


def check_roles(request: FineTuneRequest) -> None:
    """No column plays two roles: the model would read its own answer."""
    taken: dict[str, Role] = {}
    for role in request.columns:
        for name in columns_of(request.columns, role):
            if name in taken:
                raise ColumnGivenTwice(
                    f"Column '{name}' is given twice, for '{taken[name]}' and '{role}'.",
                    param=f"columns.{role}",
                    saying=Saying(code="column_given_twice", details={"column": name}),
                )
            taken[name] = role


def check_label(request: FineTuneRequest, known: dict[str, ColumnProfile], profile: Profile) -> None:
    name = columns_of(request.columns, Role.LABEL)[0]
    column = known[name]
    labelled = profile.rows - column.missing
    if column.distinct == 0:
        raise SingleClassLabel(
            f"Column '{name}' is empty.",
            param="columns.label",
            saying=Saying(code="empty_label", details={"column": name}),
        )
    if column.distinct == 1:
        value = column.top_values[0].value if column.top_values else ""
        raise SingleClassLabel(
            f"Column '{name}' has only one value ('{value}').",
            param="columns.label",
            saying=Saying(code="single_class_label", details={"column": name, "value": value}),
        )
    if labelled < FEWEST_ROWS:
        rows = "1 row has" if labelled == 1 else f"{labelled} rows have"
        raise TooFewRows(
            f"Only {rows} a value in column '{name}'.",
            param="columns.label",
            saying=Saying(code="too_few_labels", details={"rows": labelled, "column": name}),
        )
    if column.distinct > labelled / 2 and column.distinct > FEWEST_ROWS:
        raise LabelsSeenOnce(
            f"Column '{name}' has {column.distinct:,} different values in {labelled:,} rows, so most are seen once.",
            param="columns.label",
            saying=Saying(
                code="labels_seen_once", details={"column": name, "values": column.distinct, "rows": labelled}
            ),
        )


def check_text(request: FineTuneRequest, known: dict[str, ColumnProfile]) -> None:
    names = columns_of(request.columns, Role.TEXT)
    readable = [name for name in names if known[name].type in (ColumnType.TEXT, ColumnType.CATEGORY)]
    if not readable:
        kind = known[names[0]].type
        article = "an" if kind[0] in "aeiou" else "a"
        raise ColumnWithoutText(
            f"Column '{names[0]}' holds no text; it looks like {article} {kind} column.",
            param="columns.text",
            saying=Saying(code="column_without_text", details={"column": names[0]}),
        )


def check_split(request: FineTuneRequest, known: dict[str, ColumnProfile]) -> None:
    for name in columns_of(request.columns, Role.SPLIT):
        strange = next((item for item in known[name].top_values if side_of(item.value) is None), None)
        if strange is not None:
            value = strange.value[:40]
            raise UnknownSplitValue(
                f"Column '{name}' should say train, validation or test in every row, but {strange.count:,} of them say "
                f"'{value}'.",
                param="columns.split",
                saying=Saying(
                    code="split_value_unknown", details={"column": name, "count": strange.count, "value": value}
                ),
            )
        if not any(side_of(item.value) == TRAIN for item in known[name].top_values):
            raise SplitWithoutTrain(
                f"Column '{name}' marks no row as train.",
                param="columns.split",
                saying=Saying(code="split_without_train", details={"column": name}),
            )


CHECKS: dict[Task, Callable[[FineTuneRequest, Hyperparameters, dict[str, ColumnProfile], Profile], None]] = {
    Task.TEXT_CLASSIFICATION: check_classes,
    Task.TEXT_GENERATION: check_answers,
}


def listed(names: dict[str, ColumnProfile]) -> str:
    shown = [f"'{name}'" for name in list(names)[:20]]
    return ", ".join(shown) + (" …" if len(names) > len(shown) else "")
