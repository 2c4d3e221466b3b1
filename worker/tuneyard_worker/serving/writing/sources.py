"""What models that write are made of: which files of the store."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tuneyard.base_models.importing import installed, key_of
from tuneyard.kit.storage import Store
from tuneyard.specs.decoding import USUAL, Decoding
from tuneyard.specs.manifest import ModelManifest
from tuneyard.specs.templates import blanks
from tuneyard_worker.serving.artifact import Artifact
from tuneyard_worker.serving.errors import VersionNotAssigned

WEIGHTS, CONFIG = "model.safetensors", "config.json"
WORDS = ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja")
TEXT_FILES = (CONFIG, *WORDS)
MODEL, ADAPTER = "model", "adapter"
ADAPTER_FILES = ("adapter_config.json", "adapter_model.safetensors")
# Whose adapters can be added to the base model's own answers.
SHARING = ("lora", "rslora", "qlora")


@dataclass(frozen=True)
class Source:
    """What a model that writes is made of, and how its files are brought."""

    key: str
    """No two with the same key differ."""
    weights_sha256: str
    bring_text_files: Callable[[], Path]
    """The folder with config.json, tokenizer and template. Raises BrokenArtifact, StoreUnavailable."""
    bring_weights: Callable[[], Path]
    """The folder that has the weights too."""
    bring_adapter: Callable[[], Path] | None
    system_prompt: str = ""
    decoding: Decoding = USUAL
    """How it answers where nobody says how."""


def version_source(store: Store, artifact: Artifact, most_rank: int | None, inputs: Path | None = None) -> Source:
    """Adapters on a base model that is still there as it was, if the engine takes them; else the version's weights.

    With `inputs` its files are lent to that folder.
    """
    manifest = artifact.manifest
    manner = always_told(manifest), manifest.decoding or USUAL

    def bring(path: str) -> Path:
        found = artifact.bring(path)
        return store.lend(f"{artifact.key}/{path}", inputs) if inputs else found

    def text_files() -> Path:
        return _bring(bring, [f"{MODEL}/{name}" for name in TEXT_FILES if artifact.has(f"{MODEL}/{name}")])

    def weights() -> Path:
        text_files()
        return bring(f"{MODEL}/{WEIGHTS}").parent

    def adapter() -> Path:
        return _bring(bring, [f"{ADAPTER}/{name}" for name in ADAPTER_FILES])

    base = installed(store, manifest.base_model.id)
    shares = manifest.chosen.tuning in SHARING and artifact.has(f"{ADAPTER}/{ADAPTER_FILES[1]}")
    if most_rank is not None:
        shares = shares and getattr(manifest.hyperparameters, "lora_rank", 0) <= most_rank
    if shares and base is not None and base.sha256 == manifest.base_model.sha256:
        of_base = base_source(store, manifest.base_model.id, inputs)
        return Source(artifact.key, base.sha256, text_files, of_base.bring_weights, adapter, *manner)
    sha256 = artifact.entry(f"{MODEL}/{WEIGHTS}").sha256
    return Source(artifact.key, sha256, text_files, weights, None, *manner)


def always_told(manifest: ModelManifest) -> str:
    """What the model was told in every conversation that it learned from; nothing where that changed with the row."""
    system_prompt = str(getattr(manifest.hyperparameters, "system_prompt", ""))
    return "" if blanks(system_prompt) else system_prompt


def base_source(store: Store, base_model_id: str, inputs: Path | None = None) -> Source:
    """A base model of the store, its files as in `version_source`. Raises VersionNotAssigned if it is not there."""
    manifest = installed(store, base_model_id)
    if manifest is None:
        raise VersionNotAssigned(f"The base model '{base_model_id}' is not in the store.")
    key = key_of(base_model_id)
    names = [entry.path for entry in manifest.files]

    def bring(path: str) -> Path:
        return store.lend(path, inputs) if inputs else store.path(path)

    def text_files() -> Path:
        return _bring(bring, [f"{key}/{name}" for name in TEXT_FILES if name in names])

    def weights() -> Path:
        text_files()
        return bring(f"{key}/{WEIGHTS}").parent

    return Source(f"base:{base_model_id}", manifest.sha256, text_files, weights, None)


def _bring(bring: Callable[[str], Path], paths: list[str]) -> Path:
    """Have some files of one folder here; the folder."""
    return [bring(path) for path in paths][-1].parent
