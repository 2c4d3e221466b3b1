"""Words that the Chinese model cards of every task use."""

from tuneyard.specs.hyperparameters import Preset
from tuneyard.specs.manifest import ModelManifest
from tuneyard.specs.sayings import Saying
from tuneyard.specs.tasks import Role, columns_of
from tuneyard_worker.evaluators.card_parts import code, text

FROM_ROOT = "若下载的是单一格式，文件就在其根目录：请去掉 `model`、`adapter`、`onnx`、`gguf` 这些文件夹名，或写作 `.`。"
PRESETS = {Preset.FAST: "快速", Preset.BALANCED: "均衡", Preset.BEST: "最佳"}
ROLES = {
    Role.TEXT: "文本",
    Role.LABEL: "答案",
    Role.PROMPT: "问题",
    Role.COMPLETION: "回答",
    Role.REJECTED: "不想要的回答",
    Role.MESSAGES: "消息",
    Role.CONVERSATION: "对话",
    Role.AUTHOR: "说话者",
    Role.CONTENT: "内容",
    Role.SYSTEM: "系统提示",
    Role.SPLIT: "划分",
}
SPLITS = {
    "evenly": "{share} 的行，各类均匀选取",
    "at_random": "{share} 的行，随机选取",
    "column": "按“{column}”这一列",
    "column_validation": "按“{column}”这一列，其中的验证行用作考试",
    "column_without_exam": "{share} 的行：“{column}”这一列没有指定考试行",
}
DEVICES = {
    "processors": "CPU，{threads} 个线程",
    "processors_precisely": "CPU，{threads} 个线程，{precision}",
    "card": "{card}，{precision}",
}


def roles_of(manifest: ModelManifest) -> str:
    """Which columns play which part."""
    return "；".join(f"{ROLES[role]}：{columns(manifest, role)}" for role in manifest.columns)


def columns(manifest: ModelManifest, role: Role) -> str:
    """The columns of a role."""
    return "、".join(map(code, columns_of(manifest.columns, role)))


def split_of(manifest: ModelManifest) -> str:
    """How the exam was drawn."""
    return _said(SPLITS, manifest.splits.how_saying, manifest.splits.how)


def device_of(manifest: ModelManifest) -> str:
    """What it was trained on."""
    return _said(DEVICES, manifest.device_saying, manifest.device)


def _said(words: dict[str, str], saying: Saying | None, english: str) -> str:
    if saying is None or saying.code not in words:
        return text(english)
    return text(words[saying.code].format(**saying.details))
