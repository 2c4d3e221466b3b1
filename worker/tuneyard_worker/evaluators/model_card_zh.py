"""The model card of a classifier in Chinese: README.zh-CN.md of an artifact."""

from tuneyard.specs.evaluation import Evaluation, Interval
from tuneyard.specs.manifest import ModelManifest
from tuneyard.specs.tasks import Role, columns_of
from tuneyard_worker.evaluators.card_parts import SHOWN_CLASSES, code, onnx_code, text, transformers_code
from tuneyard_worker.evaluators.card_words_zh import FROM_ROOT, PRESETS, columns, device_of, split_of
from tuneyard_worker.evaluators.findings import percent
from tuneyard_worker.evaluators.wording_zh import name_of


def chinese_model_card(manifest: ModelManifest, evaluation: Evaluation) -> str:
    """The whole card as Markdown."""
    sections = [
        f"# {text(manifest.dataset.name)}：文本分类\n\n{text(evaluation.verdict.zh_cn)}",
        _use(manifest),
        _data(manifest),
        _training(manifest),
        _results(evaluation),
        _classes(evaluation),
        _limits(manifest, evaluation),
        _loading(manifest),
    ]
    return "\n\n".join(sections) + "\n"


def _use(manifest: ModelManifest) -> str:
    labels = "、".join(map(code, manifest.labels[:SHOWN_CLASSES]))
    more = len(manifest.labels) - SHOWN_CLASSES
    others = f"，以及另外 {more} 个（见 `onnx/labels.json`）" if more > 0 else ""
    return (
        "## 用途\n\n"
        f"把与 {columns(manifest, Role.TEXT)} 相似的短文本分成 {len(manifest.labels)} 类：{labels}{others}。"
        "每条文本都会得到其中一类，哪怕没有一类合适。"
    )


def _data(manifest: ModelManifest) -> str:
    data, splits = manifest.dataset, manifest.splits
    label = columns_of(manifest.columns, Role.LABEL)[0]
    return (
        "## 训练数据\n\n"
        f"- 数据集：{text(data.name)}，版本 {data.number}，{data.rows:,} 行（sha256 `{data.sha256}`）\n"
        f"- 答案列：{code(label)}\n"
        f"- 行数：{splits.train:,} 行用于学习，{splits.validation:,} 行用于选择设置，{splits.test:,} 行留作考试"
        f"（{split_of(manifest)}）"
    )


def _training(manifest: ModelManifest) -> str:
    base = manifest.base_model
    libraries = "，".join(f"{name} {version}" for name, version in sorted(manifest.libraries.items()))
    return (
        "## 训练\n\n"
        f"- 基础模型：{text(base.name)}（{text(base.licence)}），来自 {code(base.source)}，sha256 `{base.sha256}`\n"
        f"- 预设：{PRESETS[manifest.preset]}；训练方式：{code(manifest.chosen.tuning)}\n"
        f"- 随机种子 {manifest.seed}；{device_of(manifest)}；{libraries}\n"
        "- 全部设置见 `manifest.json`。"
    )


def _results(evaluation: Evaluation) -> str:
    rows = [_row("**此模型**", evaluation.accuracy, evaluation.macro.f1)]
    rows += [_row(text(name_of(other).strip()), other.accuracy, other.macro_f1) for other in evaluation.baselines]
    return (
        f"## 结果\n\n都在同样的 {evaluation.rows:,} 条留作考试的文本上测得。\n\n"
        "| 由谁回答 | 正确率 | 95% 区间 | 宏平均 F1 |\n|---|---|---|---|\n" + "\n".join(rows)
    )


def _row(name: str, accuracy: Interval, f1: float) -> str:
    interval = f"{percent(accuracy.low)}–{percent(accuracy.high)}%"
    return f"| {name} | {percent(accuracy.value)}% | {interval} | {f1:.3f} |"


def _classes(evaluation: Evaluation) -> str:
    found = sorted((each for each in evaluation.per_class if each.support), key=lambda each: each.f1)
    shown = found[:SHOWN_CLASSES]
    start = "各个类别" if len(shown) == len(found) else f"{len(found)} 个类别中最弱的 {len(shown)} 个"
    rows = [
        f"| {text(each.label)} | {each.precision:.3f} | {each.recall:.3f} | {each.f1:.3f} | {each.support:,} "
        f"| {text(each.most_confused_with or '')} |"
        for each in shown
    ]
    return (
        f"{start}，最弱的在前：\n\n"
        "| 类别 | 精确率 | 召回率 | F1 | 考试文本 | 最常被当作 |\n|---|---|---|---|---|---|\n" + "\n".join(rows)
    )


def _limits(manifest: ModelManifest, evaluation: Evaluation) -> str:
    error = percent(round(evaluation.calibration.expected_error, 3))
    return (
        "## 局限\n\n"
        f"- 文本在 {manifest.engine.max_length} 个词元处截断。\n"
        f"- 得分不是保证：在考试文本上平均相差 {error} 个百分点。\n"
        "- 在同一数据集的行上测得。换一类文本、另一段时间或另一种语言，结果会差一些。\n"
        "- 它学的是人给的标签，也会重复其中的错误和习惯。不要让它独自决定与人有关的事。"
    )


def _loading(manifest: ModelManifest) -> str:
    return f"""## 如何加载

{FROM_ROOT}

在此文件夹中使用 `transformers`：

{transformers_code(manifest.engine.max_length)}

只用 `onnxruntime` 和 `tokenizers`：

{onnx_code(manifest.engine)}"""
