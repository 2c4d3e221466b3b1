"""From a request to a plan: everything checked that can be known before any compute is spent."""

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
)
from tuneyard.jobs.schemas import FineTuneRequest
from tuneyard.kit.errors import InvalidRequest
from tuneyard.kit.storage import Store
from tuneyard.specs.dataset import ColumnProfile, ColumnType, Profile
from tuneyard.specs.hyperparameters import PRESETS, Hyperparameters
from tuneyard.specs.splits import TRAIN, side_of
from tuneyard.specs.tasks import ROLES, Role, columns_of

FEWEST_ROWS = 10
# Of English text, about.
CHARACTERS_PER_TOKEN = 4


@dataclass(frozen=True)
class Plan:
    """A request whose every part exists and fits."""

    version: DatasetVersion
    profile: Profile
    base_model_id: str
    hyperparameters: Hyperparameters
    name: str
    characters: int
    """Of text to read, what is cut off not counted."""
    label: ColumnProfile

    @property
    def labelled_rows(self) -> int:
        return self.profile.rows - self.label.missing

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
        }


def plan(session: Session, store: Store, workspace_id: str, request: FineTuneRequest) -> Plan:
    """Check a request against its dataset and the catalogue; raises an error that names the place and the cure."""
    dataset = datasets.get(session, workspace_id, request.dataset_id)
    version = datasets.get_version(session, workspace_id, request.dataset_id, request.version)
    profile = Profile.model_validate(version.profile)
    check_columns(request, profile)
    base_model_id = request.base_model
    if base_model_id == "auto":
        base_model_id = base_models.choose(store, request.task)
    base_models.require(store, base_model_id)
    hyperparameters = resolve_hyperparameters(request)
    return Plan(
        version=version,
        profile=profile,
        base_model_id=base_model_id,
        hyperparameters=hyperparameters,
        name=request.name or dataset.name,
        characters=characters_to_read(request, profile, hyperparameters),
        label=next(item for item in profile.columns if item.name == columns_of(request.columns, Role.LABEL)[0]),
    )


def characters_to_read(request: FineTuneRequest, profile: Profile, hyperparameters: Hyperparameters) -> int:
    """Characters of all texts, each cut at about the longest that the model reads."""
    names = columns_of(request.columns, Role.TEXT)
    mean = sum(column.lengths.mean for column in profile.columns if column.name in names and column.lengths)
    return round(profile.rows * min(mean, hyperparameters.max_length * CHARACTERS_PER_TOKEN))


def resolve_hyperparameters(request: FineTuneRequest) -> Hyperparameters:
    """The preset's hyperparameters with the changes of the request."""
    preset = PRESETS[request.task][request.preset]
    try:
        return type(preset).model_validate(preset.model_dump() | (request.hyperparameters or {}))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise InvalidRequest(
            f"Hyperparameter '{name}': {first['msg']}.",
            param=f"hyperparameters.{name}",
            hint="GET /api/v1/jobs/hyperparameters lists them with their bounds.",
        ) from error


def check_columns(request: FineTuneRequest, profile: Profile) -> None:
    """Every role that the task needs is filled by a column that can fill it."""
    known = {column.name: column for column in profile.columns}
    rules = {rule.role: rule for rule in ROLES[request.task]}
    for role in request.columns:
        if role not in rules:
            raise InvalidRequest(f"The task has no role '{role}'.", param=f"columns.{role}")
    for role, rule in rules.items():
        names = columns_of(request.columns, role)
        if rule.required and not names:
            raise MissingColumn(
                f"No column is given for '{role}'.", param=f"columns.{role}", hint=f"Choose one of: {listed(known)}."
            )
        if len(names) > 1 and not rule.several:
            raise InvalidRequest(f"Only one column can be the {role}.", param=f"columns.{role}")
        for name in names:
            if name not in known:
                raise MissingColumn(
                    f"There is no column '{name}'.", param=f"columns.{role}", hint=f"Choose one of: {listed(known)}."
                )
    check_roles(request)
    check_label(request, known, profile)
    check_text(request, known)
    check_split(request, known)


def check_roles(request: FineTuneRequest) -> None:
    """No column plays two roles: the model would read its own answer."""
    taken: dict[str, Role] = {}
    for role in request.columns:
        for name in columns_of(request.columns, role):
            if name in taken:
                raise ColumnGivenTwice(
                    f"Column '{name}' is given twice, for '{taken[name]}' and '{role}'.", param=f"columns.{role}"
                )
            taken[name] = role


def check_label(request: FineTuneRequest, known: dict[str, ColumnProfile], profile: Profile) -> None:
    name = columns_of(request.columns, Role.LABEL)[0]
    column = known[name]
    labelled = profile.rows - column.missing
    if column.distinct == 0:
        raise SingleClassLabel(f"Column '{name}' is empty.", param="columns.label")
    if column.distinct == 1:
        value = column.top_values[0].value if column.top_values else ""
        raise SingleClassLabel(f"Column '{name}' has only one value ('{value}').", param="columns.label")
    if labelled < FEWEST_ROWS:
        rows = "1 row has" if labelled == 1 else f"{labelled} rows have"
        raise TooFewRows(f"Only {rows} a value in column '{name}'.", param="columns.label")
    if column.distinct > labelled / 2 and column.distinct > FEWEST_ROWS:
        raise LabelsSeenOnce(
            f"Column '{name}' has {column.distinct:,} different values in {labelled:,} rows, so most are seen once.",
            param="columns.label",
        )


def check_text(request: FineTuneRequest, known: dict[str, ColumnProfile]) -> None:
    names = columns_of(request.columns, Role.TEXT)
    readable = [name for name in names if known[name].type in (ColumnType.TEXT, ColumnType.CATEGORY)]
    if not readable:
        kind = known[names[0]].type
        article = "an" if kind[0] in "aeiou" else "a"
        raise ColumnWithoutText(
            f"Column '{names[0]}' holds no text; it looks like {article} {kind} column.", param="columns.text"
        )


def check_split(request: FineTuneRequest, known: dict[str, ColumnProfile]) -> None:
    for name in columns_of(request.columns, Role.SPLIT):
        strange = next((item for item in known[name].top_values if side_of(item.value) is None), None)
        if strange is not None:
            raise UnknownSplitValue(
                f"Column '{name}' should say train, validation or test in every row, but {strange.count:,} of them say "
                f"'{strange.value[:40]}'.",
                param="columns.split",
            )
        if not any(side_of(item.value) == TRAIN for item in known[name].top_values):
            raise SplitWithoutTrain(f"Column '{name}' marks no row as train.", param="columns.split")


def listed(names: dict[str, ColumnProfile]) -> str:
    shown = [f"'{name}'" for name in list(names)[:20]]
    return ", ".join(shown) + (" …" if len(names) > len(shown) else "")
