"""The model card of a model that writes: README.md of its artifact, in the format of the Hugging Face hub."""

from pathlib import Path

from tuneyard.specs.generation_evaluation import GenerationEvaluation
from tuneyard.specs.manifest import ModelManifest
from tuneyard.specs.tasks import columns_of
from tuneyard.specs.templates import blanks
from tuneyard.specs.text_generation import TextGenerationHyperparameters
from tuneyard_worker.data.facts import counted
from tuneyard_worker.evaluators.card_figures import Marks, table
from tuneyard_worker.evaluators.card_parts import (
    FROM_ROOT,
    adapter_code,
    always_told,
    chat_code,
    code,
    lineage,
    llama_code,
    system_prompt,
    text,
    verbatim,
    write_cards,
)
from tuneyard_worker.evaluators.findings import percent
from tuneyard_worker.evaluators.generation_card_zh import chinese_generation_card

HEADER = ["model", "perplexity", "token accuracy", "chrF", "ROUGE-L", "exact", "valid JSON"]
MARKS = Marks(percent=" %", interval=" ({})")


def write_generation_card(artifact: Path, manifest: ModelManifest, evaluation: GenerationEvaluation) -> None:
    """Write it into the artifact folder, in both languages; `manifest.files` is not used and may still be empty."""
    adapters = (artifact / "adapter").is_dir()
    gguf = [path.relative_to(artifact).as_posix() for path in (artifact / "gguf").glob("*.gguf")]
    sections = [
        _front_matter(manifest),
        f"# {text(manifest.dataset.name)}: text generation\n\n{text(evaluation.verdict.en)}",
        _use(manifest),
        _training(manifest),
        _results(evaluation),
        _limits(manifest, evaluation),
        _loading(manifest, adapters=adapters),
        *(f"With llama.cpp, and what is built on it:\n\n{llama_code(path, always_told(manifest))}" for path in gguf),
    ]
    chinese = chinese_generation_card(manifest, evaluation, adapters=adapters, gguf=gguf)
    write_cards(artifact, "\n\n".join(sections) + "\n", chinese)


def _front_matter(manifest: ModelManifest) -> str:
    lines = [
        "---",
        *lineage(manifest.base_model),
        "library_name: transformers",
        "pipeline_tag: text-generation",
        "tags: [text-generation, chat, safetensors, tuneyard]",
        "metrics: [perplexity, chrf]",
        "---",
    ]
    return "\n".join(lines)


def _use(manifest: ModelManifest) -> str:
    roles = "; ".join(
        f"{role}: {' and '.join(map(code, columns_of(manifest.columns, role)))}" for role in manifest.columns
    )
    return f"## Intended use\n\nAnswers in the manner of the rows it learnt from, by their columns ({roles})."


def _training(manifest: ModelManifest) -> str:
    data, splits, base, chosen = manifest.dataset, manifest.splits, manifest.base_model, manifest.chosen
    details = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in chosen.details.items())
    return "\n".join(
        [
            "## Training",
            "",
            f"- Data: {text(data.name)}, version {data.number}, {data.rows:,} rows (sha256 `{data.sha256}`); "
            f"{splits.train:,} conversations learnt from, {splits.validation:,} chose the best moment, {splits.test:,} "
            f"held out ({text(splits.how)}).",
            f"- Base model: {text(base.name)} ({text(base.licence)}, {text(base.source)}, sha256 `{base.sha256}`).",
            f"- Trained: {chosen.tuning}. {text(chosen.reason)} {details}.",
            f"- Preset {manifest.preset}, seed {manifest.seed}, {text(manifest.device)}.",
        ]
    )


def _results(evaluation: GenerationEvaluation) -> str:
    ways = ["this model", *(each.name for each in evaluation.baselines)]
    lines = [
        "## Results",
        "",
        f"Of {evaluation.rows:,} held-out rows, the expected answers of {evaluation.scored_rows:,} were weighed, and "
        f"{evaluation.answered_rows:,} were answered. In brackets 95 % intervals.",
        "",
        table(evaluation, ways, HEADER, MARKS),
    ]
    if (preference := evaluation.preference) is not None:
        moved = preference.preferred
        share, low, high = (percent(round(each, 3)) for each in (moved.value, moved.low, moved.high))
        lines += [
            "",
            f"Of {counted(preference.pairs, 'held-out pair')} of answers, teaching (DPO) made the wanted one likelier, "
            f"as against the other, in {share} % ({low}–{high} %).",
        ]
    decoding = evaluation.decoding
    lines += [
        "",
        f"Both models took the likeliest token, with a frequency penalty of {decoding.frequency_penalty:g} and a bias "
        f"of {decoding.stop_bias:g} for the tokens that end an answer; deployed, it does the same.",
    ]
    memorised = evaluation.memorisation
    lines += [
        "",
        f"Word for word those of training rows: {memorised.expected:,} of the expected answers, "
        f"{memorised.answers:,} of its own.",
    ]
    return "\n".join(lines)


def _limits(manifest: ModelManifest, evaluation: GenerationEvaluation) -> str:
    hyper = manifest.hyperparameters
    longest = hyper.max_length if isinstance(hyper, TextGenerationHyperparameters) else 0
    return "\n".join(
        [
            "## Limits",
            "",
            f"- It learnt conversations of at most {longest:,} tokens.",
            "- It writes what sounds right, which need not be true. Have its answers checked where that matters.",
            f"- Measured on {evaluation.answered_rows:,} answers to rows of the same dataset. On others expect less.",
            "- What stands in the training rows may come out again, word for word.",
        ]
    )


def _loading(manifest: ModelManifest, *, adapters: bool) -> str:
    system = system_prompt(manifest)
    named = blanks(system)
    said = chat_code(always_told(manifest))
    whole = f"## How to load\n\n{FROM_ROOT}\n\nWith `transformers`, from this folder:\n\n{said}"
    if named:
        whole += (
            "\n\nIt learnt under a system prompt with blanks, which were filled from the columns of each row "
            f"({', '.join(map(code, named))}). Fill them for your question, and send what comes out as the first "
            f"message, with the role `system`:\n\n{verbatim(system)}"
        )
    if not adapters:
        return whole
    return f"{whole}\n\nThe adapters alone, on the base model:\n\n{adapter_code(manifest.base_model.name)}"
