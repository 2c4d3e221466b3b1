"""The model card of a model that writes, in Chinese: README.zh-CN.md of its artifact."""

from collections.abc import Sequence

from tuneyard.specs.generation_evaluation import GenerationEvaluation
from tuneyard.specs.manifest import ModelManifest
from tuneyard.specs.templates import blanks
from tuneyard.specs.text_generation import TextGenerationHyperparameters
from tuneyard_worker.evaluators.card_figures import Marks, table
from tuneyard_worker.evaluators.card_parts import (
    adapter_code,
    always_told,
    chat_code,
    code,
    llama_code,
    system_prompt,
    text,
    verbatim,
)
from tuneyard_worker.evaluators.card_words_zh import FROM_ROOT, PRESETS, device_of, roles_of, split_of
from tuneyard_worker.evaluators.findings import percent

HEADER = ["由谁回答", "困惑度", "词元正确率", "chrF", "ROUGE-L", "一字不差", "有效的 JSON"]
MARKS = Marks(percent="%", interval="（{}）")
BASELINES = {"base": "微调前的模型", "retrieval": "照抄最相似的训练行的回答"}


def chinese_generation_card(
    manifest: ModelManifest, evaluation: GenerationEvaluation, *, adapters: bool, gguf: Sequence[str]
) -> str:
    """The whole card as Markdown; `gguf` are paths in the artifact."""
    sections = [
        f"# {text(manifest.dataset.name)}：文本生成\n\n{text(evaluation.verdict.zh_cn)}",
        f"## 用途\n\n按所学数据的方式回答，数据来自这些列（{roles_of(manifest)}）。",
        _training(manifest),
        _results(evaluation),
        _limits(manifest, evaluation),
        _loading(manifest),
        *([f"只在基础模型上加载适配器：\n\n{adapter_code(manifest.base_model.name)}"] if adapters else []),
        *(f"使用 llama.cpp 或基于它的程序：\n\n{llama_code(path, always_told(manifest))}" for path in gguf),
    ]
    return "\n\n".join(sections) + "\n"


def _training(manifest: ModelManifest) -> str:
    data, splits, base = manifest.dataset, manifest.splits, manifest.base_model
    return (
        "## 训练\n\n"
        f"- 数据：{text(data.name)}，版本 {data.number}，{data.rows:,} 行（sha256 `{data.sha256}`）；"
        f"{splits.train:,} 段对话用于学习，{splits.validation:,} 段用于选择最佳时刻，{splits.test:,} 段留作考试"
        f"（{split_of(manifest)}）。\n"
        f"- 基础模型：{text(base.name)}（{text(base.licence)}，{code(base.source)}，sha256 `{base.sha256}`）。\n"
        f"- 训练方式：{code(manifest.chosen.tuning)}；预设：{PRESETS[manifest.preset]}；随机种子 {manifest.seed}；"
        f"{device_of(manifest)}。\n"
        "- 全部设置见 `manifest.json`。"
    )


def _results(evaluation: GenerationEvaluation) -> str:
    ways = ["**此模型**", *(BASELINES[other.kind] for other in evaluation.baselines)]
    memorised = evaluation.memorisation
    return (
        f"## 结果\n\n留作考试的有 {evaluation.rows:,} 行：衡量了其中 {evaluation.scored_rows:,} 行的期望答案，"
        f"{evaluation.answered_rows:,} 行由模型作答。括号内为 95% 区间。\n\n"
        + table(evaluation, ways, HEADER, MARKS)
        + _preference(evaluation)
        + _manner(evaluation)
        + f"\n\n与训练行一字不差：期望的回答有 {memorised.expected:,} 个，它自己的有 {memorised.answers:,} 个。"
    )


def _preference(evaluation: GenerationEvaluation) -> str:
    preference = evaluation.preference
    if preference is None:
        return ""
    moved = preference.preferred
    share, low, high = (percent(round(each, 3)) for each in (moved.value, moved.low, moved.high))
    pairs = f"在留作考试的 {preference.pairs:,} 对回答中"
    return f"\n\n{pairs}，训练（DPO）使想要的回答相对另一个更可能的占 {share}%（{low}%–{high}%）。"


def _manner(evaluation: GenerationEvaluation) -> str:
    decoding = evaluation.decoding
    leaning = f"频率惩罚为 {decoding.frequency_penalty:g}，结束词元的偏置为 {decoding.stop_bias:g}"
    return f"\n\n两个模型总是取最可能的词元，{leaning}；部署后它也这样回答。"


def _limits(manifest: ModelManifest, evaluation: GenerationEvaluation) -> str:
    hyper = manifest.hyperparameters
    longest = hyper.max_length if isinstance(hyper, TextGenerationHyperparameters) else 0
    return (
        "## 局限\n\n"
        f"- 它学习的对话最长 {longest:,} 个词元。\n"
        "- 它写的是听起来对的话，不一定属实。重要的内容请有人核对。\n"
        f"- 在同一数据集的 {evaluation.answered_rows:,} 个回答上测得。换一类问题，结果会差一些。\n"
        "- 训练行里的内容可能会一字不差地再次出现。"
    )


def _loading(manifest: ModelManifest) -> str:
    system = system_prompt(manifest)
    named = blanks(system)
    said = chat_code(always_told(manifest))
    whole = f"## 如何加载\n\n{FROM_ROOT}\n\n在此文件夹中使用 `transformers`：\n\n{said}"
    if not named:
        return whole
    return (
        f"{whole}\n\n它学习时的系统提示带有空白，由每一行的列（{'、'.join(map(code, named))}）填入。"
        f"请按您的问题填好，作为第一条消息以 `system` 角色发送：\n\n{verbatim(system)}"
    )
