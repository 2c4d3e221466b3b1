"""From what the OpenAI client asks for to a native request for a fine-tune."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from tuneyard.base_models import service as base_models
from tuneyard.base_models.entries import BaseModelEntry, HubSource
from tuneyard.jobs.planning import resolve_hyperparameters
from tuneyard.jobs.schemas import FineTuneRequest
from tuneyard.kit.errors import TuneyardError
from tuneyard.kit.storage import Store
from tuneyard.kit.wording import what_is_wrong
from tuneyard.openai.errors import BadRequest, Reworded, UnknownBaseModel, UnsupportedParameter
from tuneyard.openai.fine_tuning_schemas import AUTO, FineTuningCreate, PreferenceHyperparameters, TuningHyperparameters
from tuneyard.openai.models import FineTuning
from tuneyard.specs.dataset import Profile
from tuneyard.specs.hyperparameters import PRESETS, Preset
from tuneyard.specs.tasks import ColumnMapping, Role, Task, learns_preferences
from tuneyard.specs.text_generation import TextGenerationHyperparameters

TASK, PRESET = Task.TEXT_GENERATION, Preset.BALANCED
SUPERVISED, DPO = "supervised", "dpo"
METHODS = (SUPERVISED, DPO)
PARTS = 4
"""In so many parts a step is computed, unless there are fewer conversations in it."""
FORMS: dict[str, tuple[ColumnMapping, ...]] = {
    SUPERVISED: ({Role.MESSAGES: "messages"}, {Role.PROMPT: "prompt", Role.COMPLETION: "completion"}),
    DPO: ({Role.MESSAGES: "input", Role.COMPLETION: "preferred_output", Role.REJECTED: "non_preferred_output"},),
}
"""The columns of the files that OpenAI describes."""
PARAMS = {
    "base_model": "model",
    "dataset_id": "training_file",
    "validation_dataset_id": "validation_file",
    "hyperparameters.epochs": "hyperparameters.n_epochs",
    "hyperparameters.learning_rate": "hyperparameters.learning_rate_multiplier",
    "hyperparameters.preference_beta": "hyperparameters.beta",
}


def refuse_unsupported(body: FineTuningCreate) -> None:
    """Raises UnsupportedParameter with the name of the first parameter that can't be honoured."""
    method = body.method
    if method is not None and method.type not in METHODS:
        raise UnsupportedParameter(
            f"The method '{method.type}' is not supported.", param="method.type", hint="Use 'supervised' or 'dpo'."
        )
    _refuse_extra(body, "")
    if method is None:
        return
    _refuse_extra(method, "method.")
    other = SUPERVISED if method.type == DPO else DPO
    if getattr(method, other) is not None:
        raise UnsupportedParameter(
            f"'method.{other}' does nothing for the method '{method.type}'.",
            param=f"method.{other}",
            hint="Leave it out, or change the type.",
        )


def hyperparameters(body: FineTuningCreate) -> dict[str, Any]:
    """What was asked for, by name; `auto` where nothing was. Raises BadRequest if it is out of bounds.

    Only those of `dpo` have a `beta`: by that the method is told.
    """
    method = body.method
    if method is not None and method.type == DPO:
        asked = _preference_hyperparameters((method.dpo and method.dpo.hyperparameters) or body.hyperparameters)
    else:
        given = (method and method.supervised and method.supervised.hyperparameters) or body.hyperparameters
        asked = (given or TuningHyperparameters()).model_dump()
        if "beta" in asked:
            raise BadRequest(
                "'beta' is for the method 'dpo'.",
                param="hyperparameters.beta",
                hint="Leave it out, or change the method.",
            )
    request = FineTuneRequest(
        dataset_id="", task=TASK, columns={}, preset=PRESET, hyperparameters=native_hyperparameters(asked)
    )
    try:
        resolve_hyperparameters(request)
    except TuneyardError as error:
        raise reworded(error) from error
    return asked


def method_of(fine_tuning: FineTuning) -> str:
    """`supervised` or `dpo`."""
    return DPO if "beta" in fine_tuning.hyperparameters else SUPERVISED


def base_model(store: Store, name: str) -> BaseModelEntry:
    """The base model of that id, or of that name on the hub. Raises UnknownBaseModel."""
    wanted = name.casefold()
    writers = [listed.entry for listed in base_models.listing(store) if TASK in listed.entry.tasks]
    for entry in writers:
        repository = entry.source.repository.casefold() if isinstance(entry.source, HubSource) else None
        if wanted in (entry.id, repository) or wanted.rpartition("/")[2] == entry.id:
            return entry
    hint = f"Choose one of: {', '.join(entry.id for entry in writers)}."
    if wanted.startswith("ft-") or wanted.startswith("ft:"):
        raise UnknownBaseModel(f"'{name}' can't be taught further: it is tuned already.", param="model", hint=hint)
    raise UnknownBaseModel(f"There is no base model '{name}' that can be taught to write.", param="model", hint=hint)


def native_request(fine_tuning: FineTuning, profile: Profile) -> FineTuneRequest:
    """For the file with this profile. Raises BadRequest if nothing can be learned from it."""
    return FineTuneRequest(
        dataset_id=fine_tuning.training_file,
        validation_dataset_id=fine_tuning.validation_file,
        task=TASK,
        columns=columns(profile, method_of(fine_tuning)),
        base_model=fine_tuning.model,
        preset=PRESET,
        hyperparameters=native_hyperparameters(fine_tuning.hyperparameters),
        name=fine_tuning.suffix,
        seed=fine_tuning.seed,
    )


def columns(profile: Profile, method: str) -> ColumnMapping:
    """Those that OpenAI describes, or what the platform itself would learn from. Raises BadRequest."""
    names = {column.name for column in profile.columns}
    suggested = profile.suggested_columns if profile.suggested_task is TASK else {}
    fits = bool(suggested) and learns_preferences(suggested) == (method == DPO)
    # The columns of pairs may be called as OpenAI's are, and hold a plain question.
    if fits and method == DPO:
        return suggested
    for form in FORMS[method]:
        if names.issuperset(str(name) for name in form.values()):
            return form
    if fits:
        return suggested
    if method == DPO:
        raise BadRequest(
            "The file has no pairs of answers to learn preferences from.",
            param="training_file",
            hint='Every line needs "input", "preferred_output" and "non_preferred_output".',
        )
    if suggested:
        raise BadRequest(
            "The file has pairs of answers, from which the method 'dpo' learns.",
            param="training_file",
            hint="Ask for 'method': {'type': 'dpo'}.",
        )
    raise BadRequest(
        "The file has nothing to learn to write from.",
        param="training_file",
        hint='Every line needs "messages", or "prompt" and "completion".',
    )


def native_hyperparameters(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The changes to the preset."""
    known = PreferenceHyperparameters.model_fields
    found = {name: value for name, value in asked.items() if name not in known}
    chosen = {name: asked[name] for name in known if asked.get(name, AUTO) != AUTO}
    if "n_epochs" in chosen:
        found["epochs"] = chosen["n_epochs"]
    if "batch_size" in chosen:
        # Packed, a batch would be counted in sequences that hold several conversations.
        size = chosen["batch_size"]
        found = {"packing": False, "gradient_accumulation_steps": min(PARTS, size), **found, "batch_size": size}
    if "beta" in chosen:
        found["preference_beta"] = chosen["beta"]
    if "learning_rate_multiplier" in chosen:
        found["learning_rate"] = usual().learning_rate * chosen["learning_rate_multiplier"]
    return found


def usual() -> TextGenerationHyperparameters:
    """What is used where nothing is asked for."""
    preset = PRESETS[TASK][PRESET]
    assert isinstance(preset, TextGenerationHyperparameters)  # noqa: S101 - those of TASK
    return preset


def reworded(error: TuneyardError) -> Reworded:
    """An error of the native API in the words of this one."""
    param = error.param or ""
    return Reworded(error, param="training_file" if param.startswith("columns.") else PARAMS.get(param, error.param))


def _preference_hyperparameters(given: TuningHyperparameters | None) -> dict[str, Any]:
    """Those of older clients do not know `beta`, so what they say of it is looked at here. Raises BadRequest."""
    try:
        return PreferenceHyperparameters.model_validate(given.model_dump() if given else {}).model_dump()
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(["hyperparameters", *map(str, first["loc"])])
        raise BadRequest(f"'{place}'{what_is_wrong(first)}.", param=place) from error


def _refuse_extra(model: BaseModel, place: str) -> None:
    for name, value in (model.model_extra or {}).items():
        if value not in (None, []):
            raise UnsupportedParameter(
                f"The parameter '{place}{name}' is not supported.", param=f"{place}{name}", hint="Leave it out."
            )
