"""Lists of chat messages as people write them: OpenAI's, ShareGPT's; and the rules that a conversation must keep.

The rules are those of OpenAI's fine-tuning files: known roles, in order, every message says something, and the last
one is an answer.
"""

import json
from dataclasses import dataclass
from typing import Any, Literal, cast

from tuneyard_worker.data.sentences import Sentence

Speaker = Literal["system", "user", "assistant"]

ASKS = """
    user, human, customer, client, visitor, end-user, end user, enduser, requester, contact, guest, buyer, caller,
    用户, 客户, 顾客, 访客, 买家, 用戶, 客戶, 顧客, 訪客, 買家, ユーザー, 顧客, お客様, 고객, 사용자,
    cliente, usuario, usuário, utente, utilisateur, visiteur, kunde, kundin, nutzer, benutzer, klant, клиент
"""
ANSWERS = """
    assistant, gpt, chatgpt, bot, chatbot, model, ai, agent, operator, support, support agent, staff, advisor, seller,
    助手, 助理, 客服, 人工客服, 坐席, 机器人, 卖家, 商家, 機器人, 賣家, アシスタント, オペレーター, 担当者, 상담원,
    asistente, agente, assistente, conseiller, berater, beraterin, mitarbeiter, assistent, medewerker, оператор
"""


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",")]


SPEAKERS: dict[str, Speaker] = {
    "system": "system",
    "developer": "system",
    "系统": "system",
    "系統": "system",
    **dict.fromkeys(_names(ASKS), "user"),
    **dict.fromkeys(_names(ANSWERS), "assistant"),
}
"""Who speaks, by the names that are used for it."""
MESSAGE_SAYS = frozenset({"content", "value", "tool_calls", "function_call"})
NOT_A_LIST = Sentence("It is not a JSON list of messages.", "not_messages")
NO_MESSAGES = Sentence("The list of messages is empty.", "no_messages")
NO_ANSWER = Sentence("No message is by the assistant, so there is nothing to learn.", "no_assistant_message")
NOTHING_LEARNED = Sentence("Every answer has the weight 0, so there is nothing to learn.", "no_weight")
ENDS_UNANSWERED = Sentence("The last message is not by the assistant.", "ends_unanswered")


@dataclass(frozen=True)
class Message:
    """What somebody says; `learned` where the model is to learn to say it."""

    role: Speaker
    content: str
    learned: bool = False


class NotAConversation(Exception):
    """It can't be learnt from; `reason` says why."""

    def __init__(self, reason: Sentence) -> None:
        super().__init__(reason.text)
        self.reason = reason


def speaker(name: str) -> Speaker | None:
    """Who is meant by a name; None if nobody knows."""
    return SPEAKERS.get(_plain(name))


def same_author(name: str, other: str) -> bool:
    """Whether two cells name the same one, but for case and spaces around."""
    return _plain(name) == _plain(other)


def _plain(name: str) -> str:
    return name.strip().casefold()


def read_messages(cell: str) -> list[Message]:
    """The messages of a cell. Raises NotAConversation."""
    return _messages(_items(cell))


def read_question(cell: str) -> list[Message]:
    """The messages of a cell up to what the user asks last, all if that is nothing. Raises NotAConversation.

    What is behind it is to be written anew, so it may be empty, or a call of a tool.
    """
    items = _items(cell)
    last = max((place for place, item in enumerate(items, start=1) if _role(item) == "user"), default=None)
    return _messages(items[:last])


def read_answer(cell: str, column: str) -> str:
    """The answer of a cell: a text, or what one message says, alone or in a list. Raises NotAConversation."""
    try:
        found = json.loads(cell)
    except (ValueError, RecursionError):
        return cell
    items = found if isinstance(found, list) else [found]
    if not all(map(_is_message, items)):
        return cell
    try:
        [message] = [_message(item, place) for place, item in enumerate(items, start=1)]
    except (ValueError, NotAConversation):
        message = None
    if message is None or message.role != "assistant":
        text = f"'{column}' has to be a text, or one message by the assistant that says something."
        raise NotAConversation(Sentence(text, "not_one_answer", {"column": column}))
    return message.content


def _is_message(item: Any) -> bool:
    """Whether it is a message and not an answer in JSON, which may well have a `from` or a `value`."""
    return isinstance(item, dict) and not {"role", "from"}.isdisjoint(item) and not MESSAGE_SAYS.isdisjoint(item)


def check_order(messages: list[Message]) -> None:
    """At most one system message at the beginning, then question and answer in turns. Raises NotAConversation."""
    if not messages:
        raise NotAConversation(NO_MESSAGES)
    expected: Speaker = "user"
    for place, message in enumerate(messages, start=1):
        if message.role == "system" and place == 1:
            continue
        if message.role != expected:
            text = f"Message {place} is by the {message.role} where one by the {expected} is due."
            details = {"place": place, "found": message.role, "expected": expected}
            raise NotAConversation(Sentence(text, "roles_out_of_order", dict(details)))
        expected = "assistant" if expected == "user" else "user"
    if not any(message.role == "assistant" for message in messages):
        raise NotAConversation(NO_ANSWER)
    if messages[-1].role != "assistant":
        raise NotAConversation(ENDS_UNANSWERED)
    if not any(message.learned for message in messages):
        raise NotAConversation(NOTHING_LEARNED)


def _items(cell: str) -> list[Any]:
    """The list that a cell holds, by itself or in an object. Raises NotAConversation."""
    try:
        found = json.loads(cell)
    except (ValueError, RecursionError) as error:
        raise NotAConversation(NOT_A_LIST) from error
    if isinstance(found, dict):
        found = found.get("messages", found.get("conversations"))
    if not isinstance(found, list):
        raise NotAConversation(NOT_A_LIST)
    return found


def _messages(items: list[Any]) -> list[Message]:
    return [_message(item, place) for place, item in enumerate(items, start=1)]


def _role(item: Any) -> Speaker | None:
    """Whose message an item is; None for what is no message."""
    name = _author(item) if isinstance(item, dict) else None
    return speaker(name) if isinstance(name, str) else None


def _author(item: dict[str, Any]) -> Any:
    return item.get("role", item.get("from"))


def _message(item: Any, place: int) -> Message:
    if not isinstance(item, dict):
        raise NotAConversation(Sentence(f"Message {place} is not an object.", "message_not_object", {"place": place}))
    role = _role(item)
    if role is None:
        shown = _writable(str(_author(item))[:40])
        text = f"Message {place} is by '{shown}', where system, user or assistant are known."
        raise NotAConversation(Sentence(text, "role_unknown", {"place": place, "role": shown}))
    content = _text(item.get("content", item.get("value")))
    # Learnt without its calls, an answer would say that it looks something up, and never do it.
    if content is None or item.get("tool_calls") or item.get("function_call"):
        text = f"Message {place} is not a text; pictures, sounds and tool calls can't be learnt yet."
        raise NotAConversation(Sentence(text, "message_not_text", {"place": place}))
    if not content.strip():
        raise NotAConversation(Sentence(f"Message {place} is empty.", "message_empty", {"place": place}))
    weight = 1 if item.get("weight") is None else item["weight"]
    if weight not in (0, 1):
        text = f"Message {place} has the weight {str(weight)[:20]}, where 0 and 1 are known."
        raise NotAConversation(Sentence(text, "weight_unknown", {"place": place, "weight": str(weight)[:20]}))
    return Message(role, _writable(content), learned=role == "assistant" and weight == 1)


def _text(content: Any) -> str | None:
    """A text, or the texts of a list of parts; None for anything else."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return None
    texts = [part.get("text") if isinstance(part, dict) and part.get("type") == "text" else None for part in content]
    return "\n".join(cast("list[str]", texts)) if texts and all(isinstance(text, str) for text in texts) else None


def _writable(text: str) -> str:
    """JSON may write NUL and half of a surrogate pair by number, which no tokenizer, file or database takes."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
