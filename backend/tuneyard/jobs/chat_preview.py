"""Starts the process that shows what would be learned from a row: small limits, few at a time."""

import math
import subprocess
import threading
from pathlib import Path

from tuneyard.base_models import service as base_models
from tuneyard.base_models.importing import key_of
from tuneyard.datasets.errors import PreviewTooSlow
from tuneyard.jobs.errors import NothingToShow
from tuneyard.jobs.planning import Plan
from tuneyard.jobs.schemas import ChatPreviewRequest
from tuneyard.kit import limited_process
from tuneyard.kit.config import Settings
from tuneyard.kit.errors import InvalidRequest
from tuneyard.kit.storage import Store
from tuneyard.specs.chat_preview import ChatPreview, ChatPreviewSpec
from tuneyard.specs.events import JobError
from tuneyard.specs.job import Budget
from tuneyard.specs.text_generation import TextGenerationHyperparameters

PROGRAM = "tuneyard_worker.trainers.generation.preview"
TOKENIZER_FILES = ("config.json", "tokenizer.json", "chat_template.jinja")
LONGEST_SECONDS = 10.0
MOST_AT_ONCE = 2
WAIT_SECONDS = 10.0

_places = threading.BoundedSemaphore(MOST_AT_ONCE)


def preview(settings: Settings, store: Store, request: ChatPreviewRequest, plan: Plan, rows: Path) -> ChatPreview:
    """What the model would read and learn from a row.

    Raises InvalidRequest, BaseModelNotInstalled, PreviewTooSlow, NothingToShow, Unavailable.
    """
    hyper = plan.hyperparameters
    if not isinstance(hyper, TextGenerationHyperparameters):
        raise InvalidRequest("Only text generation writes rows as conversations.", param="task")
    if request.row > plan.version.rows:
        raise InvalidRequest(f"There are only {plan.version.rows:,} rows.", param="row")
    base_models.require(store, plan.base_model_id)
    with limited_process.folder_for(_places, WAIT_SECONDS) as folder:
        tokenizer = folder / "tokenizer"
        copy_tokenizer(store, plan.base_model_id, tokenizer)
        spec = ChatPreviewSpec(
            rows=rows,
            row=request.row,
            columns=request.columns,
            system_prompt=hyper.system_prompt,
            prompt_template=hyper.prompt_template,
            answering_authors=hyper.answering_authors,
            max_length=hyper.max_length,
            tokenizer=tokenizer,
            budget=Budget(threads=1, memory_bytes=settings.parser_memory_bytes),
            cpu_seconds=math.ceil(LONGEST_SECONDS),
        )
        return _shown(spec, folder)


def copy_tokenizer(store: Store, base_model_id: str, folder: Path) -> None:
    """What makes tokens of texts, without the weights. Raises NothingToShow."""
    folder.mkdir()
    for name in (*TOKENIZER_FILES, "tokenizer_config.json"):
        try:
            (folder / name).write_bytes(store.read(f"{key_of(base_model_id)}/{name}"))
        except FileNotFoundError as error:
            if name in TOKENIZER_FILES:
                raise NothingToShow(f"The base model '{base_model_id}' lacks the file {name}.") from error


def _shown(spec: ChatPreviewSpec, folder: Path) -> ChatPreview:
    try:
        limited_process.run(PROGRAM, spec, folder, LONGEST_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise PreviewTooSlow("The row takes too long to be shown at once.", hint=NothingToShow.hint) from error
    found, refused = folder / "preview.json", folder / "error.json"
    if found.exists():
        return ChatPreview.model_validate_json(found.read_bytes())
    if refused.exists():
        raise NothingToShow(JobError.model_validate_json(refused.read_bytes()).message)
    raise PreviewTooSlow("The row took more than a preview may use.", hint=NothingToShow.hint)
