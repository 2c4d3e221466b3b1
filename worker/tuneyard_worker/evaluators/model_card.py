"""The model card: README.md of an artifact, in the format of the Hugging Face hub."""

from pathlib import Path

from tuneyard.specs.evaluation import Evaluation
from tuneyard.specs.manifest import ModelManifest
from tuneyard.specs.tasks import Role, columns_of
from tuneyard_worker.evaluators.card_parts import (
    FROM_ROOT,
    SHOWN_CLASSES,
    code,
    lineage,
    onnx_code,
    text,
    transformers_code,
    write_cards,
    yaml_text,
)
from tuneyard_worker.evaluators.findings import percent
from tuneyard_worker.evaluators.model_card_zh import chinese_model_card


def write_model_card(artifact: Path, manifest: ModelManifest, evaluation: Evaluation) -> None:
    """Write it into the artifact folder, in both languages; `manifest.files` is not used and may still be empty."""
    write_cards(artifact, model_card(manifest, evaluation), chinese_model_card(manifest, evaluation))


def model_card(manifest: ModelManifest, evaluation: Evaluation) -> str:
    """The whole card as Markdown."""
    sections = [
        _front_matter(manifest, evaluation),
        _title(manifest, evaluation),
        _use(manifest),
        _data(manifest),
        _training(manifest),
        _results(evaluation),
        _limits(manifest, evaluation),
        _loading(manifest),
    ]
    return "\n\n".join(sections) + "\n"


def _front_matter(manifest: ModelManifest, evaluation: Evaluation) -> str:
    metrics = [
        ("accuracy", "Accuracy", evaluation.accuracy.value),
        ("f1", "Macro F1", evaluation.macro.f1),
    ]
    lines = [
        "---",
        *lineage(manifest.base_model),
        "library_name: transformers",
        "pipeline_tag: text-classification",
        "tags: [text-classification, onnx, safetensors, tuneyard]",
        "metrics: [accuracy, f1]",
        "model-index:",
        f"  - name: {yaml_text(_heading(manifest))}",
        "    results:",
        "      - task: {type: text-classification, name: Text classification}",
        f"        dataset: {{type: tuneyard, name: {yaml_text(manifest.dataset.name)}, split: held-out}}",
        "        metrics:",
        *(f"          - {{type: {kind}, name: {name}, value: {value:.4f}}}" for kind, name, value in metrics),
        "---",
    ]
    return "\n".join(lines)


def _title(manifest: ModelManifest, evaluation: Evaluation) -> str:
    return f"# {text(_heading(manifest))}\n\n{text(evaluation.verdict.en)}"


def _use(manifest: ModelManifest) -> str:
    labels = ", ".join(map(code, manifest.labels[:SHOWN_CLASSES]))
    more = len(manifest.labels) - SHOWN_CLASSES
    others = f" and {more} more (see `onnx/labels.json`)" if more > 0 else ""
    columns = " and ".join(map(code, columns_of(manifest.columns, Role.TEXT)))
    return (
        "## Intended use\n\n"
        f"Sorts short texts like those of column {columns} into {len(manifest.labels)} classes: {labels}{others}. "
        "Every text gets one of these classes, also a text that fits none of them."
    )


def _data(manifest: ModelManifest) -> str:
    data, splits = manifest.dataset, manifest.splits
    label = columns_of(manifest.columns, Role.LABEL)[0]
    return "\n".join(
        [
            "## Training data",
            "",
            f"- Dataset: {text(data.name)}, version {data.number}, {data.rows:,} rows (sha256 `{data.sha256}`)",
            f"- Label column: {code(label)}",
            f"- Rows: {splits.train:,} to learn from, {splits.validation:,} to choose settings, "
            f"{splits.test:,} held out ({text(splits.how)})",
        ]
    )


def _training(manifest: ModelManifest) -> str:
    base, chosen = manifest.base_model, manifest.chosen
    libraries = ", ".join(f"{name} {version}" for name, version in sorted(manifest.libraries.items()))
    return "\n".join(
        [
            "## Training",
            "",
            f"- Base model: {text(base.name)} ({text(base.licence)}), from `{text(base.source)}`, "
            f"sha256 `{base.sha256}`",
            f"- Preset: {manifest.preset.value}; trained: {text(chosen.tuning)}. {text(chosen.reason)}",
            f"- Seed {manifest.seed}; {text(manifest.device)}; {libraries}",
            "- All settings are in `manifest.json`.",
        ]
    )


def _results(evaluation: Evaluation) -> str:
    accuracy = evaluation.accuracy
    rows = [
        "| answered by | accuracy | 95 % interval | macro F1 |",
        "|---|---|---|---|",
        f"| **this model** | {percent(accuracy.value)} % | {percent(accuracy.low)}–{percent(accuracy.high)} % "
        f"| {evaluation.macro.f1:.3f} |",
    ]
    rows.extend(
        f"| {text(other.name)} | {percent(other.accuracy.value)} % "
        f"| {percent(other.accuracy.low)}–{percent(other.accuracy.high)} % | {other.macro_f1:.3f} |"
        for other in evaluation.baselines
    )
    start = f"## Results\n\nOn the held-out texts ({evaluation.rows:,}); every line is measured on the same ones.\n\n"
    return start + "\n".join(rows) + "\n\n" + _classes(evaluation)


def _classes(evaluation: Evaluation) -> str:
    found = sorted((each for each in evaluation.per_class if each.support), key=lambda each: each.f1)
    shown = found[:SHOWN_CLASSES]
    start = "Each class" if len(shown) == len(found) else f"The {len(shown)} weakest of {len(found)} classes"
    lines = [
        f"{start}, the weakest first:",
        "",
        "| class | precision | recall | F1 | held-out texts | most often taken for |",
        "|---|---|---|---|---|---|",
    ]
    lines.extend(
        f"| {text(each.label)} | {each.precision:.3f} | {each.recall:.3f} | {each.f1:.3f} | {each.support:,} "
        f"| {text(each.most_confused_with or '')} |"
        for each in shown
    )
    return "\n".join(lines)


def _limits(manifest: ModelManifest, evaluation: Evaluation) -> str:
    error = percent(round(evaluation.calibration.expected_error, 3))
    return "\n".join(
        [
            "## Limits",
            "",
            f"- Texts are cut after {manifest.engine.max_length} tokens.",
            f"- A score is not a promise: on the held-out texts it is off by {error} points on average.",
            "- Measured on rows of the same dataset. On texts of another kind, time or language expect less.",
            "- It learnt from people's labels and repeats their mistakes and habits. "
            "Don't let it decide alone about people.",
        ]
    )


def _loading(manifest: ModelManifest) -> str:
    return f"""## How to load

{FROM_ROOT}

With `transformers`, from this folder:

{transformers_code(manifest.engine.max_length)}

With `onnxruntime` and `tokenizers` alone:

{onnx_code(manifest.engine)}"""


def _heading(manifest: ModelManifest) -> str:
    return f"{manifest.dataset.name}: text classification"
