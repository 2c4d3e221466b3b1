"""Tables that teach writing are told from tables of classes, and which column asks and which answers."""

import json

import pytest
from readings import MESSY

from tuneyard.specs.tasks import Role, Task

SHARED = MESSY.parent


def lines(rows):
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)


def pairs(prompt, completion, count=30, **more):
    return lines(
        {prompt: f"What about number {n}?", completion: f"Number {n} is fine, thank you."} | more for n in range(count)
    )


def conversation(number):
    return [{"role": "user", "content": f"Hello {number}"}, {"role": "assistant", "content": f"Good day {number}"}]


@pytest.mark.parametrize(
    ("prompt", "completion"),
    [
        ("prompt", "completion"),
        ("question", "answer"),
        ("Customer question", "agent_reply"),
        ("instruction", "output"),
        ("问题", "答案"),
    ],
)
def test_questions_with_written_answers(ingest_file, prompt, completion):
    profile = ingest_file(pairs(prompt, completion))
    assert profile.suggested_task is Task.TEXT_GENERATION
    assert profile.suggested_columns == {Role.PROMPT: prompt, Role.COMPLETION: completion}
    assert [reason.code for reason in profile.suggestion_reasons] == ["pairs"]
    assert {column.name: column.suggested_role for column in profile.columns} == {
        prompt: Role.PROMPT,
        completion: Role.COMPLETION,
    }


@pytest.mark.parametrize(
    ("prompt", "wanted", "rejected"),
    [
        ("prompt", "chosen", "rejected"),
        ("question", "Better answer", "worse_answer"),
        ("input", "preferred", "non_preferred"),
        ("问题", "更好的回答", "更差的回答"),
    ],
)
def test_two_answers_of_which_one_is_wanted(ingest_file, prompt, wanted, rejected):
    rows = [{prompt: f"What about {n}?", wanted: f"Number {n} is fine.", rejected: f"No idea, {n}."} for n in range(30)]
    profile = ingest_file(lines(rows))
    assert profile.suggested_task is Task.TEXT_GENERATION
    assert profile.suggested_columns == {Role.PROMPT: prompt, Role.COMPLETION: wanted, Role.REJECTED: rejected}
    assert [reason.code for reason in profile.suggestion_reasons] == ["preferences"]


def test_what_else_is_said_of_the_two_answers_is_neither(ingest_file):
    rows = [
        {
            "question": f"What about {n}?",
            "rejected_because": ("rude", "wrong", "too long")[n % 3],
            "chosen_by": f"Kim {n}",
            "chosen": f"Number {n} is fine, thank you.",
            "rejected": f"No idea what you mean by {n}.",
            "rejected_model": "small",
        }
        for n in range(30)
    ]
    found = ingest_file(lines(rows)).suggested_columns
    assert found == {Role.PROMPT: "question", Role.COMPLETION: "chosen", Role.REJECTED: "rejected"}


def test_preferences_as_openai_has_them_and_what_is_wrong_with_a_line(ingest_file):
    rows = [
        {
            "input": {"tools": [], "messages": conversation(n)[:1]},
            "preferred_output": conversation(n)[1:],
            "non_preferred_output": [{"role": "assistant", "content": f"Go away {n}"}],
        }
        for n in range(20)
    ]
    rows[4]["non_preferred_output"] = rows[4]["preferred_output"]
    profile = ingest_file(lines(rows))
    assert profile.suggested_columns == {
        Role.MESSAGES: "input",
        Role.COMPLETION: "preferred_output",
        Role.REJECTED: "non_preferred_output",
    }
    [finding] = [each for each in profile.findings if each.code == "not_a_conversation"]
    assert (finding.rows, finding.details["reason"]) == ([5], "same_answers")


def test_whole_conversations_behind_a_prompt_are_compared_by_their_ends(ingest_file):
    """As in UltraFeedback, and in what TRL reads."""
    rows = [
        {
            "prompt": f"Hello {n}",
            "chosen": conversation(n),
            "rejected": [*conversation(n)[:1], {"role": "assistant", "content": f"Go away {n}"}],
            "messages": conversation(n),
            "score_chosen": 8.5,
            "score_rejected": 6.0,
        }
        for n in range(20)
    ]
    rows[3]["rejected"][0] = {"role": "user", "content": "Something else"}
    profile = ingest_file(lines(rows))
    assert profile.suggested_columns == {Role.MESSAGES: "chosen", Role.REJECTED: "rejected"}
    assert [reason.code for reason in profile.suggestion_reasons] == ["preferences"]
    [finding] = [each for each in profile.findings if each.code == "not_a_conversation"]
    assert (finding.rows, finding.details["reason"]) == ([4], "not_the_same_conversation")


def test_answers_may_be_single_messages_as_llama_factory_has_them(ingest_file):
    rows = [
        {
            "conversations": [{"from": "human", "value": f"Hello {n}"}],
            "chosen": {"from": "gpt", "value": f"Good day {n}"},
            "rejected": {"from": "gpt", "value": f"Go away {n}"},
        }
        for n in range(20)
    ]
    profile = ingest_file(lines(rows))
    assert profile.suggested_columns == {
        Role.MESSAGES: "conversations",
        Role.COMPLETION: "chosen",
        Role.REJECTED: "rejected",
    }
    assert "not_a_conversation" not in [finding.code for finding in profile.findings]


def test_alpaca_with_its_input_a_system_column_and_a_split(ingest_file):
    rows = [
        {
            "instruction": f"Do it {n} times",
            "input": "" if n % 2 else f"this and {n}",
            "output": f"I did it {n} times.",
            "system": f"You are helper {n % 3}.",
            "split": "test" if n % 5 == 0 else "train",
        }
        for n in range(40)
    ]
    profile = ingest_file(lines(rows))
    assert profile.suggested_columns == {
        Role.PROMPT: ["instruction", "input"],
        Role.COMPLETION: "output",
        Role.SYSTEM: "system",
        Role.SPLIT: "split",
    }


@pytest.mark.parametrize("name", ["messages", "conversations", "log"])
def test_lists_of_messages_by_what_is_in_them(ingest_file, name):
    profile = ingest_file(lines({name: conversation(n), "topic": "a" if n % 2 else "b"} for n in range(20)))
    assert (profile.suggested_task, profile.suggested_columns) == (Task.TEXT_GENERATION, {Role.MESSAGES: name})


def test_a_message_in_each_row(ingest_file):
    rows = [
        {"conversation_id": f"c{n}", "role": role, "text": f"{role} says {n}"}
        for n in range(20)
        for role in ("customer", "agent")
    ]
    profile = ingest_file(lines(rows))
    assert profile.suggested_columns == {
        Role.CONVERSATION: "conversation_id",
        Role.AUTHOR: "role",
        Role.CONTENT: "text",
    }


def test_answers_to_choose_from_are_classes_still(ingest_file):
    rows = [
        {"question": f"Is number {n} a good one or not?", "answer": ("yes", "no", "maybe")[n % 3]} for n in range(40)
    ]
    profile = ingest_file(lines(rows))
    assert profile.suggested_task is Task.TEXT_CLASSIFICATION
    assert profile.suggested_columns == {Role.TEXT: "question", Role.LABEL: "answer"}


def test_rows_that_break_the_rules_are_told_by_kind_with_their_numbers(ingest_file):
    rows = [{"messages": conversation(n)} for n in range(20)]
    rows[3]["messages"] = rows[3]["messages"][:1]
    rows[7]["messages"] = rows[7]["messages"][:1]
    rows[11]["messages"] = [{"role": "user", "content": ""}, {"role": "assistant", "content": "x"}]
    found = [each for each in ingest_file(lines(rows)).findings if each.code == "not_a_conversation"]
    assert [(each.details["reason"], each.rows) for each in found] == [
        ("no_assistant_message", [4, 8]),
        ("message_empty", [12]),
    ]
    assert found[0].message.startswith(
        "2 rows (lines 4 and 8 of the file) can't be learnt from. Row 4 (line 4 of the file): No message is by the "
        "assistant"
    )
    assert found[1].message.startswith("1 row can't be learnt from. Row 12 (line 12 of the file): ")
    assert [(each.details["line"], each.details.get("lines")) for each in found] == [(4, [4, 8]), (12, None)]


def test_rows_that_break_the_rules_are_told_by_the_lines_of_the_file(ingest_file):
    rows = [f'"How do I mend\nnumber {n}?","Turn it\nand say {n}."\n' for n in range(20)]
    rows[3] = '"How do I mend\nnumber 3?",\n'
    (finding,) = [each for each in ingest_file("question,answer\n\n" + "".join(rows)).findings if each.hint]
    assert finding.message == "1 row can't be learnt from. Row 4 (line 12 of the file): There is no answer."
    assert finding.details == {"row": 4, "line": 12, "reason": "no_completion"}


@pytest.mark.parametrize(
    ("file", "columns"),
    [
        ("medquad_small/train.csv", {"prompt": "question", "completion": "answer"}),
        ("nl2bash/train.csv", {"prompt": "prompt", "completion": "completion"}),
        ("gsm8k_small/train.jsonl", {"prompt": "question", "completion": "answer"}),
        ("instruct_small/train.jsonl", {"prompt": ["instruction", "input"], "completion": "output"}),
        ("sgd_chat/train.jsonl", {"messages": "messages"}),
        ("zh_crosswoz_chat/train.jsonl", {"messages": "messages"}),
    ],
)
def test_real_tables_are_understood(ingest_file, file, columns):
    if not (SHARED / file).is_file():
        pytest.skip("the shared data sets are not here")
    profile = ingest_file(SHARED / file)
    assert profile.suggested_task is Task.TEXT_GENERATION
    assert profile.suggested_columns == columns


EXPORTS = [
    (["ticket_status", "ticket_id", "message_id", "author_type", "message"], ("End-user", "Support agent")),
    (["会话ID", "发送者", "消息内容"], ("访客", "坐席")),
]


@pytest.mark.parametrize(("names", "who"), EXPORTS)
def test_a_message_in_each_row_as_help_desks_export_it(ingest_file, names, who):
    def row(number, side):
        text = f"{who[side]} says {number}"
        cells = {"ticket_status": ("open", "closed")[number % 2], "ticket_id": f"{4000 + number}", "message_id": text}
        cells["message_id"] = f"m-{number}-{side}"
        return {name: cells.get(name, cells["ticket_id"]) for name in names[:-2]} | {
            names[-2]: who[side],
            names[-1]: text,
        }

    rows = [row(number, side) for number in range(20) for side in (0, 1)]
    columns = ingest_file(lines(rows)).suggested_columns
    conversation = "ticket_id" if "ticket_id" in names else names[0]
    assert columns == {Role.CONVERSATION: conversation, Role.AUTHOR: names[-2], Role.CONTENT: names[-1]}


def test_messages_of_people_whose_names_do_not_say_who_answers(ingest_file):
    who = [("Mia", "Kim Lee"), ("Noah", "Ana")]
    rows = [
        {"Ticket ID": f"T-{number}", "From": who[number % 2][side], "Message": f"{who[number % 2][side]}: {number}"}
        for number in range(20)
        for side in (0, 1)
    ]
    profile = ingest_file(lines(rows))
    assert profile.suggested_columns == {
        Role.CONVERSATION: "Ticket ID",
        Role.AUTHOR: "From",
        Role.CONTENT: "Message",
    }
    [author] = [column for column in profile.columns if column.name == "From"]
    assert [each.code for each in author.reasons][-1] == "author_names"
    [finding] = profile.findings
    assert (finding.code, finding.count, finding.details["author"]) == ("authors_unknown", 40, "Mia")
    assert finding.message.endswith("as 'Mia' in row 1 (line 1 of the file).")


@pytest.mark.parametrize(
    ("prompt", "completion"), [("用户问题", "客服回复"), ("标准问题", "标准答案"), ("Question", "Answer")]
)
def test_the_question_is_not_its_kind(ingest_file, prompt, completion):
    kinds = {"Question type": "delivery", "question_topic": "parcels"}
    rows = [
        {name: f"{value} {n % 3}" for name, value in kinds.items()}
        | {prompt: f"Where is {n}?", completion: f"It is {n}."}
        for n in range(30)
    ]
    columns = ingest_file(lines(rows)).suggested_columns
    assert columns == {Role.PROMPT: prompt, Role.COMPLETION: completion}


ODD = {
    "the first row is none": [{"messages": "see attachment"}, *({"messages": conversation(n)} for n in range(20))],
    "the speaker stands behind an id": [
        {"messages": [{"id": f"m{n}", "at": 1700000000, "ok": True, **each} for each in conversation(n)]}
        for n in range(20)
    ],
    "short ones repeat": [{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Ho"}]}]
    * 12,
}


@pytest.mark.parametrize("rows", ODD.values(), ids=ODD)
def test_lists_of_messages_are_known_whatever_the_rows_are_like(ingest_file, rows):
    assert ingest_file(lines(rows)).suggested_columns == {Role.MESSAGES: "messages"}


def test_a_row_that_spoils_a_conversation_is_told_with_the_rows_that_go_with_it(ingest_file):
    rows = [
        {"ticket": f"t{n}", "who": who, "role": who, "text": f"{who} says {n}"}
        for n in range(20)
        for who in ("user", "agent", "user", "agent")
    ]
    rows[9]["text"] = ""
    [finding] = [each for each in ingest_file(lines(rows)).findings if each.code == "not_a_conversation"]
    assert finding.message == (
        "1 row can't be learnt from, nor can 3 other rows of the same conversations. Row 10 (line 10 of the file): The "
        "message is empty."
    )
    assert (finding.count, finding.rows, finding.details["others"]) == (1, [10], 3)


def test_who_says_the_same_twice_in_a_conversation_has_not_copied_a_row(ingest_file):
    rows = [
        {"ticket": f"t{n}", "role": who, "text": text}
        for n in range(20)
        for who, text in [
            ("user", f"Open {n}?"),
            ("agent", "Sure?"),
            ("user", "yes"),
            ("agent", "Now?"),
            ("user", "yes"),
        ]
    ]
    profile = ingest_file(lines(rows))
    assert Role.CONVERSATION in profile.suggested_columns
    assert ([each.code for each in profile.findings], profile.repairs) == ([], [])
