"""Which tables are made to teach writing, and which of their columns are question, answer or messages."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from tuneyard.specs.dataset import ColumnType
from tuneyard.specs.tasks import ColumnMapping, Role, Task
from tuneyard_worker.data.columns import ColumnStats, is_filled
from tuneyard_worker.data.messages import speaker
from tuneyard_worker.data.sentences import Sentence
from tuneyard_worker.data.staging import identifier
from tuneyard_worker.data.vocabulary import ID_NAMES, words_of


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Of the filled cells; what is no list of messages in the rest is told row by row.
MOST = 0.8
# What may stand before the speaker, as an id or a time.
LEADING = r'("[^"\\]*"\s*:\s*("[^"\\]*"|[-+.\w]+)\s*,\s*)*'
MESSAGE_LIST = (
    r"""'^\s*(\{(.*,)?\s*"(messages|conversations)"\s*:\s*)?\[\s*\{\s*"""
    rf"""("(content|value|name)"|{LEADING}"(role|from)")\s*:'"""
)
SEVERAL_MESSAGES = """'(?s)"(role|from)"\\s*:.*"(role|from)"\\s*:'"""
# Question and answer by the names that people give them, the surest first.
PAIRS: tuple[tuple[frozenset[str], frozenset[str]], ...] = tuple(
    (_words(asked), _words(answered))
    for asked, answered in (
        ("prompt", "completion response answer output reply"),
        ("instruction instructions", "output response completion answer"),
        ("question questions query", "answer answers response reply"),
        ("input", "output response answer"),
        ("source", "target"),
        (
            "提示 提示词 提问 问题 用户问题 客户问题 标准问题 问句 指令 问 問題 提問",
            "回答 标准回答 客服回答 答案 标准答案 答复 回复 客服回复 回复内容 输出 答 回覆",
        ),
    )
)
WANTED = frozenset(
    ["chosen", "preferred", "better", "accepted", "winner", "更好", "更好的回答", "较好", "较好的回答", "优选", "采纳"]
)
UNWANTED = frozenset(
    [
        "rejected",
        "worse",
        "dispreferred",
        "loser",
        "更差",
        "更差的回答",
        "较差",
        "较差的回答",
        "拒绝",
        "被拒绝",
        "不采纳",
    ]
)
NOT = frozenset(["non", "not"])
LONGEST_NAME = 60
INPUTS = frozenset(["input", "context", "输入", "上下文"])
SYSTEMS = frozenset({"system", "system_prompt", "系统"})
CONVERSATIONS = _words(
    "conversation dialog dialogue thread session chat ticket case "
    "会话 会话id 会话号 会话编号 对话 对话id 对话编号 工单 工单id 工单号 工单编号 會話 對話"
)
CONTENTS = _words(
    "content text message utterance body 内容 消息 消息内容 对话内容 聊天内容 发言 发言内容 文本 內容 訊息"
)
AUTHORS = _words(
    "role author speaker sender from 角色 说话人 说话者 发送者 发送人 发送方 发言人 发言者 身份 發送者 說話人"
)


@dataclass(frozen=True)
class ChatColumns:
    """The columns found, with a reason for the whole and for each."""

    columns: ColumnMapping
    reason: Sentence
    reasons: dict[str, Sentence]

    task: Task = Task.TEXT_GENERATION


def suggest_chat(database: duckdb.DuckDBPyConnection, source: str, stats: Sequence[ColumnStats]) -> ChatColumns | None:
    """The columns of a table that is made to teach writing; None for any other."""
    lists = [column for column in stats if _holds_lists(database, source, column)]
    whole = [column for column in lists if _holds_lists(database, source, column, SEVERAL_MESSAGES)]
    return _preferences(stats, lists, whole) or _messages(stats, lists) or _turns(stats) or _pairs(stats)


def _holds_lists(
    database: duckdb.DuckDBPyConnection, source: str, column: ColumnStats, pattern: str = MESSAGE_LIST
) -> bool:
    """Whether the cells are lists of messages."""
    # One odd row may stand first, and short conversations that repeat look like categories.
    if not _is_text(column) or not any(cell.lstrip()[:1] in ("[", "{") for cell in column.examples):
        return False
    cell = identifier(column.name)
    row = database.execute(
        f"SELECT count(*) FROM {source} WHERE {is_filled(cell)} AND regexp_matches({cell}, {pattern})"
    ).fetchone()
    return bool(row and column.filled and row[0] >= MOST * column.filled)


def _preferences(
    stats: Sequence[ColumnStats], lists: Sequence[ColumnStats], whole: Sequence[ColumnStats]
) -> ChatColumns | None:
    """A question with an answer that is wanted and one that is not; or conversations that end with them."""
    wanted = _longest([column for column in stats if _is_wanted(column.name) and _is_written(column)])
    rejected = _longest([column for column in stats if _is_unwanted(column.name) and _is_text(column)])
    if wanted is None or rejected is None:
        return None
    rest = [column for column in stats if column not in (wanted, rejected)]
    columns: ColumnMapping = {}
    reasons: dict[str, Sentence] = {}
    if wanted in whole and rejected in whole:
        columns = {Role.MESSAGES: wanted.name, Role.REJECTED: rejected.name}
        reasons[wanted.name] = Sentence("Conversations that end with the answer that is wanted.", "wanted_end")
        reasons[rejected.name] = Sentence("The same ones with the answer that is not wanted.", "rejected_end")
    else:
        reasons = _chat(rest, lists, columns)
        if not reasons and wanted not in lists:
            reasons = _question(rest, columns)
        if not reasons:
            return None
        columns |= {Role.COMPLETION: wanted.name, Role.REJECTED: rejected.name}
        reasons[wanted.name] = Sentence("The answer that is wanted.", "wanted")
        reasons[rejected.name] = Sentence("The answer that is not wanted.", "rejected")
    reasons |= _system(rest, columns)
    text = f"'{wanted.name}' has answers that are wanted and '{rejected.name}' others, so a model can learn to prefer."
    details = {"wanted": wanted.name, "rejected": rejected.name}
    return ChatColumns(columns, Sentence(text, "preferences", dict(details)), reasons)


def _chat(stats: Sequence[ColumnStats], lists: Sequence[ColumnStats], columns: ColumnMapping) -> dict[str, Sentence]:
    """Add a column of lists of messages to `columns` if there is one; its reason."""
    found = next((column for column in stats if column in lists), None)
    if found is None:
        return {}
    columns[Role.MESSAGES] = found.name
    return {found.name: Sentence("Holds lists of chat messages.", "messages")}


def _question(stats: Sequence[ColumnStats], columns: ColumnMapping) -> dict[str, Sentence]:
    """Add a column of questions to `columns` if there is one; the reasons."""
    texts = [column for column in stats if _is_text(column)]
    found = next((found for asked, _ in PAIRS if (found := _best(texts, asked))), None)
    return _asked(found, stats, columns) if found else {}


def _messages(stats: Sequence[ColumnStats], lists: Sequence[ColumnStats]) -> ChatColumns | None:
    columns: ColumnMapping = {}
    reasons = _chat(stats, lists, columns)
    if not reasons:
        return None
    name = lists[0].name
    reasons |= _system(stats, columns)
    text = f"'{name}' holds conversations as lists of messages, from which a model learns to answer."
    return ChatColumns(columns, Sentence(text, "chats", {"column": name}), reasons)


def _turns(stats: Sequence[ColumnStats]) -> ChatColumns | None:
    authors = [column for column in stats if _named(column, AUTHORS)]
    author = next(filter(_is_author, authors), None) or next(filter(_is_name, authors), None)
    content = _best([column for column in stats if _is_text(column) and column is not author], CONTENTS)
    others = [column for column in stats if column is not author and column is not content]
    conversation = _best(others, CONVERSATIONS, ID_NAMES)
    if author is None or content is None or conversation is None or conversation.distinct == conversation.filled:
        return None
    text = f"Every row is a message: '{author.name}' says by whom, '{conversation.name}' of which conversation."
    details = {"author": author.name, "conversation": conversation.name, "content": content.name}
    reasons = {
        conversation.name: Sentence("Says which messages belong together.", "conversation"),
        author.name: Sentence("Says who asks and who answers.", "author")
        if _is_author(author)
        else Sentence("Says who speaks; who of them answers is chosen when you fine-tune.", "author_names"),
        content.name: Sentence("What is said.", "content"),
    }
    columns: ColumnMapping = {
        Role.CONVERSATION: conversation.name,
        Role.AUTHOR: author.name,
        Role.CONTENT: content.name,
    }
    return ChatColumns(columns, Sentence(text, "turns", dict(details)), reasons)


def _pairs(stats: Sequence[ColumnStats]) -> ChatColumns | None:
    texts = [column for column in stats if _is_text(column)]
    for asked, answered in PAIRS:
        prompt = _best(texts, asked)
        completion = _best([column for column in texts if _is_written(column)], answered)
        if prompt is None or completion is None or prompt is completion:
            continue
        columns: ColumnMapping = {}
        reasons = _asked(prompt, [column for column in stats if column is not completion], columns)
        columns[Role.COMPLETION] = completion.name
        reasons[completion.name] = Sentence("What it learns to answer.", "completion")
        reasons |= _system(stats, columns)
        text = f"'{prompt.name}' asks and '{completion.name}' answers in its own words, so a model can learn to write."
        return ChatColumns(
            columns, Sentence(text, "pairs", {"prompt": prompt.name, "completion": completion.name}), reasons
        )
    return None


def _asked(prompt: ColumnStats, others: Sequence[ColumnStats], columns: ColumnMapping) -> dict[str, Sentence]:
    """Add the question to `columns`, with what it is about if that stands in a column of its own; the reasons."""
    columns[Role.PROMPT] = prompt.name
    reasons = {prompt.name: Sentence("What the model is asked.", "prompt")}
    more = next((column for column in others if column is not prompt and _named(column, INPUTS)), None)
    if more is not None and more.filled:
        columns[Role.PROMPT] = [prompt.name, more.name]
        reasons[more.name] = Sentence(f"What '{prompt.name}' is about; the two are read together.", "prompt_input")
    return reasons


def _system(stats: Sequence[ColumnStats], columns: ColumnMapping) -> dict[str, Sentence]:
    """Add a column of system messages to `columns` if there is one; its reason."""
    found = next((column for column in stats if column.name.strip().casefold() in SYSTEMS and column.filled), None)
    if found is None:
        return {}
    columns[Role.SYSTEM] = found.name
    return {found.name: Sentence("What the model is told before each conversation.", "system")}


def _named(column: ColumnStats, names: frozenset[str]) -> bool:
    """Whether the name is one of `names`, alone or with `id`, `text` and the like beside it."""
    words = words_of(column.name)
    return len(words) <= 2 and any(word in names for word in words)


def _best(
    columns: Sequence[ColumnStats], names: frozenset[str], beside: frozenset[str] = frozenset()
) -> ColumnStats | None:
    """The column of one of these names; rather `Question` than `Question type`, else the one with the longest cells."""
    found = [column for column in columns if _named(column, names)]
    exact = next((column for column in found if set(words_of(column.name)) <= names | beside), None)
    return exact or _longest(found)


def _longest(columns: Sequence[ColumnStats]) -> ColumnStats | None:
    """The column with the longest cells: why, by whom and when is said in fewer words."""
    return max(columns, key=lambda column: column.lengths.mean if column.lengths else 0, default=None)


def _is_unwanted(name: str) -> bool:
    """Whether the name is that of answers that are not wanted, as `non_preferred_output`."""
    words = set(words_of(name))
    return bool(words & UNWANTED or (words & NOT and words & WANTED))


def _is_wanted(name: str) -> bool:
    return not _is_unwanted(name) and bool(WANTED.intersection(words_of(name)))


def _is_text(column: ColumnStats) -> bool:
    return column.type in (ColumnType.TEXT, ColumnType.CATEGORY)


def _is_author(column: ColumnStats) -> bool:
    values = [value.value for value in column.top_values]
    return 2 <= len(values) <= 10 and all(map(speaker, values))


def _is_name(column: ColumnStats) -> bool:
    """Whether the cells may be names of people, as of those who answer tickets."""
    short = column.lengths is not None and column.lengths.p95 <= LONGEST_NAME
    return column.type in (ColumnType.TEXT, ColumnType.CATEGORY) and column.distinct > 1 and short


def _is_written(column: ColumnStats) -> bool:
    """Whether the cells are written and not chosen: most of them are different."""
    return column.type is ColumnType.TEXT and column.distinct > 0.5 * column.filled
