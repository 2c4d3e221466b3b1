"""The rest of the artifact of a model that writes: model card and manifest."""

from datetime import UTC, datetime
from importlib.metadata import version

from tuneyard.specs.generation_evaluation import GenerationEvaluation
from tuneyard.specs.job import TextGenerationSpec
from tuneyard.specs.manifest import BaseModelLineage, Chosen, DatasetLineage, ModelManifest
from tuneyard.specs.sayings import Remark
from tuneyard.specs.tasks import learns_preferences
from tuneyard_worker.evaluators.generation_card import write_generation_card
from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.trainers.compute import Compute
from tuneyard_worker.trainers.generation.lesson import Lesson
from tuneyard_worker.trainers.generation.tuning import Tuned

LIBRARIES = ("torch", "transformers", "tokenizers", "peft", "numpy", "safetensors", "sacrebleu", "tuneyard")


def package(
    spec: TextGenerationSpec,
    job: JobDirectory,
    lesson: Lesson,
    tuned: Tuned,
    evaluation: GenerationEvaluation,
    compute: Compute,
    seconds: float,
) -> None:
    """Write the model card and, last, the manifest. `seconds` is what preparing and teaching took."""
    device = compute.describe()
    manifest = ModelManifest(
        job_id=spec.job_id,
        created_at=datetime.now(UTC),
        task=spec.task,
        columns=spec.columns,
        labels=[],
        dataset=DatasetLineage(**spec.dataset.model_dump(exclude={"path"})),
        base_model=BaseModelLineage(**spec.base_model.model_dump(exclude={"path"})),
        preset=spec.preset,
        hyperparameters=spec.hyperparameters,
        seed=spec.seed,
        splits=lesson.splits.counts,
        chosen=chosen(spec, tuned),
        metrics=metrics(evaluation, tuned, seconds),
        device=device.message,
        device_saying=device.apart,
        libraries={name: version(name) for name in LIBRARIES},
        decoding=evaluation.decoding,
        stop_ids=lesson.chat.stop_ids,
        files=[],
    )
    write_generation_card(job.artifact, manifest, evaluation)
    job.write_manifest(manifest.model_copy(update={"files": job.files()}))


def chosen(spec: TextGenerationSpec, tuned: Tuned) -> Chosen:
    """The moment whose weights were kept."""
    step = f"After step {tuned.step}"
    if learns_preferences(spec.columns):
        code, message = "best_moment_to_prefer", f"{step} the better ones of the validation answers were told best."
    else:
        code, message = "best_moment", f"{step} the validation answers were foreseen best."
    reason = Remark(code=code, message=message, details={"step": tuned.step})
    return Chosen(
        tuning=spec.hyperparameters.tuning,
        reason=reason.message,
        reasons=[reason.apart],
        validation_loss=tuned.validation_loss,
        epochs=tuned.epoch,
        details={
            "steps": tuned.step,
            "trained_tokens": tuned.tokens,
            "tokens_per_second": round(tuned.tokens / max(tuned.seconds, 1e-6), 1),
        },
    )


def metrics(evaluation: GenerationEvaluation, tuned: Tuned, seconds: float) -> dict[str, float]:
    """The numbers to sort models by."""
    base, preference = evaluation.baselines[0], evaluation.preference
    return {
        **({"preferred": round(preference.preferred.value, 4)} if preference else {}),
        "perplexity": round(evaluation.likelihood.perplexity.value, 4),
        "perplexity_cut": round(evaluation.perplexity_cut.value, 4),
        "token_accuracy": round(evaluation.likelihood.token_accuracy.value, 4),
        "chrf": round(evaluation.answers.chrf.value, 2),
        "base_chrf": round(base.answers.chrf.value, 2),
        "rouge_l": round(evaluation.answers.rouge_l.value, 2),
        "exact_match": round(evaluation.answers.exact_match.value, 4),
        "held_out_rows": evaluation.rows,
        "epoch_seconds": round(tuned.seconds / max(tuned.epoch, 1e-3), 1),
        "trained_tokens": tuned.tokens,
        "train_seconds": round(seconds, 1),
    }
