"""Conversations out of rows, in every form, and what is wrong with the others."""

import json

import pytest

from tuneyard.specs.tasks import Role
from tuneyard_worker.data.conversations import Shape


def read(rows, columns, **texts):
    shape = Shape({Role(role): name for role, name in columns.items()}, **texts)
    return shape.read([dict.fromkeys(shape.names) | row for row in rows])


def said(conversation):
    return [(message.role, message.content) for message in conversation.messages]


def chat(*turns, **extra):
    return {"messages": json.dumps([{"role": role, "content": content} for role, content in turns] or [], **extra)}


PAIR = {"prompt": "question", "completion": "answer"}
TURNS = {"conversation": "ticket", "author": "who", "content": "text"}


def test_a_question_with_its_answer_is_a_conversation():
    [found] = read([{"question": "Why?", "answer": "Because."}], PAIR).conversations
    assert said(found) == [("user", "Why?"), ("assistant", "Because.")]
    assert [message.learned for message in found.messages] == [False, True]


def test_instruction_and_input_are_read_together_and_an_empty_input_leaves_no_trace():
    rows = [{"do": "Sort.", "on": "b a", "out": "a b"}, {"do": "Greet.", "on": "", "out": "Hello"}]
    found = read(rows, {"prompt": ["do", "on"], "completion": "out"}).conversations
    assert [each.asked for each in found] == ["Sort.\n\nb a", "Greet."]


def test_a_template_and_a_system_prompt_are_filled_from_the_row():
    row = {"q": "Size? {{shop}}", "shop": "Hats & Co", "a": "Large."}
    [found] = read(
        [row], {"completion": "a"}, prompt_template="At {{ shop }}: {{q}}", system_prompt="You work for {{shop}}."
    ).conversations
    # What a cell says is not filled again.
    assert said(found)[:2] == [("system", "You work for Hats & Co."), ("user", "At Hats & Co: Size? {{shop}}")]


def test_a_system_column_goes_before_the_system_prompt():
    rows = [{"question": "a", "answer": "b", "s": "Mine."}, {"question": "a", "answer": "b", "s": None}]
    found = read(rows, PAIR | {"system": "s"}, system_prompt="Usual.").conversations
    assert [said(each)[0] for each in found] == [("system", "Mine."), ("system", "Usual.")]


def test_messages_of_openai_and_sharegpt_are_read_alike():
    openai = [("developer", "Be kind."), ("user", "Hi"), ("assistant", "Hello")]
    sharegpt = [
        {"from": "system", "value": "Be kind."},
        {"from": "human", "value": "Hi"},
        {"from": "gpt", "value": "Hello"},
    ]
    parts = [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
        {"role": "assistant", "content": "Hello"},
    ]
    rows = [chat(*openai), {"messages": json.dumps(sharegpt)}, {"messages": json.dumps({"messages": parts})}]
    found = read(rows, {"messages": "messages"}).conversations
    assert [said(each) for each in found] == [[("system", "Be kind."), ("user", "Hi"), ("assistant", "Hello")]] * 3


def test_an_answer_with_the_weight_0_is_not_learnt():
    messages = [
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": "b", "weight": 0},
        {"role": "user", "content": "c"},
        {"role": "assistant", "content": "d", "weight": 1},
    ]
    [found] = read([{"messages": json.dumps(messages)}], {"messages": "messages"}).conversations
    assert [message.learned for message in found.messages] == [False, False, False, True]


def test_messages_are_gathered_by_conversation_and_side():
    rows = [
        {"ticket": "7", "who": "customer", "text": "Hello", "part": "train"},
        {"ticket": "9", "who": "Client", "text": "Broken!", "part": "test"},
        {"ticket": "7", "who": "agent", "text": "How can I", "part": "train"},
        {"ticket": "7", "who": "agent", "text": "help?", "part": "train"},
        {"ticket": "9", "who": "support", "text": "Sorry.", "part": "test"},
        {"ticket": "7", "who": "customer", "text": "Thanks", "part": "train"},
    ]
    found = read(rows, TURNS | {"split": "part"}).conversations
    assert [(each.row, each.side) for each in found] == [(1, "train"), (2, "test")]
    # Two lines of one side are one message, and what nobody answered is nothing to learn.
    assert said(found[0]) == [("user", "Hello"), ("assistant", "How can I\nhelp?")]


def test_rows_of_one_conversation_are_its_turns():
    rows = [{"id": "1", "question": f"q{n}", "answer": f"a{n}"} for n in range(3)]
    [found] = read(rows, PAIR | {"conversation": "id"}).conversations
    assert [content for _, content in said(found)] == ["q0", "a0", "q1", "a1", "q2", "a2"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"messages": "hello"}, "not_messages"),
        ({"messages": '"hello"'}, "not_messages"),
        ({"messages": None}, "not_messages"),
        ({"messages": "[" * 100_000}, "not_messages"),
        (chat(), "no_messages"),
        ({"messages": '["hi"]'}, "message_not_object"),
        (chat(("tool", "x"), ("assistant", "y")), "role_unknown"),
        (chat(("user", " "), ("assistant", "y")), "message_empty"),
        (chat(("user", None), ("assistant", "y")), "message_not_text"),
        (chat(("user", [{"type": "image_url"}]), ("assistant", "y")), "message_not_text"),
        (chat(("assistant", "y")), "roles_out_of_order"),
        (chat(("user", "x"), ("user", "x"), ("assistant", "y")), "roles_out_of_order"),
        (chat(("user", "x"), ("system", "s"), ("assistant", "y")), "roles_out_of_order"),
        (chat(("user", "x")), "no_assistant_message"),
        (chat(("user", "x"), ("assistant", "y"), ("user", "z")), "ends_unanswered"),
        ({"messages": '[{"role":"user","content":"a"},{"role":"assistant","content":"b","weight":0}]'}, "no_weight"),
        (
            {"messages": '[{"role":"user","content":"a"},{"role":"assistant","content":"b","weight":0.5}]'},
            "weight_unknown",
        ),
    ],
)
def test_what_is_wrong_with_a_list_of_messages_is_told_with_its_row(row, code):
    good = chat(("user", "x"), ("assistant", "y"))
    found = read([good, row, good], {"messages": "messages"})
    assert [(problem.row, problem.reason.code) for problem in found.problems] == [(2, code)]
    assert [each.row for each in found.conversations] == [1, 3]


BETTER = {"prompt": "q", "completion": "better", "rejected": "worse"}
TWO_LISTS = {"messages": "input", "completion": "preferred_output", "rejected": "non_preferred_output"}


def answer(*contents, role="assistant"):
    return json.dumps([{"role": role, "content": content} for content in contents])


def test_an_answer_that_is_not_wanted_stands_beside_the_conversation():
    [found] = read([{"q": "Why?", "better": "Because.", "worse": "Go away."}], BETTER).conversations
    assert (said(found), found.rejected) == ([("user", "Why?"), ("assistant", "Because.")], "Go away.")
    assert [message.content for message in found.rejected_messages] == ["Why?", "Go away."]


def test_preferences_of_openai_learn_the_last_answer_only():
    asked = [("system", "Be kind."), ("user", "Hi"), ("assistant", "Hello"), ("user", "Why?")]
    row = {
        "input": chat(*asked)["messages"].join(['{"tools": [], "messages": ', "}"]),
        "preferred_output": answer("Because."),
        "non_preferred_output": "Go away.",
    }
    [found] = read([row], TWO_LISTS).conversations
    assert said(found) == [*asked, ("assistant", "Because.")]
    assert [message.learned for message in found.messages] == [False, False, False, False, True]
    assert found.rejected == "Go away."


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (answer("Because."), "Because."),
        ('{"from": "gpt", "value": "Because."}', "Because."),
        ('{"from": "Berlin", "to": "Munich"}', '{"from": "Berlin", "to": "Munich"}'),
        ('[{"intent": "refund"}]', '[{"intent": "refund"}]'),
        ("[Ticket 12] Because.", "[Ticket 12] Because."),
        ("42", "42"),
    ],
)
def test_an_answer_beside_another_is_a_message_or_a_text(cell, said):
    for columns, asked in ((TWO_LISTS, {"input": chat(("user", "Why?"))["messages"]}), (BETTER, {"q": "Why?"})):
        row = asked | {columns["completion"]: cell, columns["rejected"]: "Go away."}
        [found] = read([row], columns).conversations
        assert found.answer == said


def test_an_empty_list_may_be_the_answer_to_a_plain_question():
    [found] = read([{"q": "Which orders are meant?", "better": "[]", "worse": '["12"]'}], BETTER).conversations
    assert (found.answer, found.rejected) == ("[]", '["12"]')


TWO_ENDS = {"messages": "chosen", "rejected": "rejected"}


def test_two_conversations_are_compared_by_their_ends():
    before = [("system", "Be kind."), ("user", "Hi"), ("assistant", "Hello"), ("user", "Why?")]
    row = {
        "chosen": chat(*before, ("assistant", "Because."))["messages"],
        "rejected": chat(*before, ("assistant", "Go away."))["messages"],
    }
    [found] = read([row], TWO_ENDS).conversations
    assert (said(found), found.rejected) == ([*before, ("assistant", "Because.")], "Go away.")
    assert [message.learned for message in found.messages] == [False, False, False, False, True]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"rejected": chat(("user", "y"), ("assistant", "bad"))["messages"]}, "not_the_same_conversation"),
        ({"rejected": chat(("user", "x"))["messages"]}, "not_the_same_conversation"),
        ({"rejected": chat(("user", "x"), ("user", "bad"))["messages"]}, "not_the_same_conversation"),
        ({"rejected": "bad"}, "not_messages"),
        ({"rejected": " "}, "no_rejected"),
        ({"chosen": "[]", "rejected": answer("bad")}, "no_messages"),
        ({"rejected": chat(("user", "x"), ("assistant", "good "))["messages"]}, "same_answers"),
    ],
)
def test_what_is_wrong_with_two_conversations_is_told(changes, code):
    good = {
        "chosen": chat(("user", "x"), ("assistant", "good"))["messages"],
        "rejected": chat(("user", "x"), ("assistant", "bad"))["messages"],
    }
    found = read([good, good | changes], TWO_ENDS)
    assert [(problem.row, problem.reason.code) for problem in found.problems] == [(2, code)]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"q": "", "better": "a", "worse": "b"}, "no_prompt"),
        ({"q": "x", "better": " ", "worse": "b"}, "no_completion"),
        ({"q": "x", "better": "a", "worse": None}, "no_rejected"),
        ({"q": "x", "better": "a", "worse": "a "}, "same_answers"),
    ],
)
def test_what_is_wrong_with_two_answers_is_told(row, code):
    good = {"q": "x", "better": "a", "worse": "b"}
    found = read([good, row], BETTER)
    assert [(problem.row, problem.reason.code) for problem in found.problems] == [(2, code)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"input": chat(("user", "x"), ("assistant", "y"))["messages"]}, "roles_out_of_order"),
        ({"input": "x"}, "not_messages"),
        ({"preferred_output": "[]"}, "not_one_answer"),
        ({"preferred_output": answer("a", "b")}, "not_one_answer"),
        ({"non_preferred_output": answer("a", role="user")}, "not_one_answer"),
        ({"non_preferred_output": answer(" ")}, "not_one_answer"),
        ({"non_preferred_output": ""}, "no_rejected"),
        ({"non_preferred_output": answer("good")}, "same_answers"),
    ],
)
def test_what_is_wrong_with_preferences_of_openai_is_told(changes, code):
    good = {
        "input": chat(("user", "x"))["messages"],
        "preferred_output": answer("good"),
        "non_preferred_output": answer("bad"),
    }
    found = read([good, good | changes], TWO_LISTS)
    assert [(problem.row, problem.reason.code) for problem in found.problems] == [(2, code)]


def test_a_row_that_can_not_be_read_spoils_its_conversation_and_no_other():
    rows = [
        {"ticket": "1", "who": "user", "text": "a"},
        {"ticket": "1", "who": "dog", "text": "b"},
        {"ticket": "2", "who": "user", "text": "a"},
        {"ticket": "", "who": "user", "text": "a"},
        {"ticket": "2", "who": "bot", "text": "b"},
        {"ticket": "3", "who": "user", "text": "b"},
    ]
    found = read(rows, TURNS)
    assert [each.row for each in found.conversations] == [3]
    assert [(problem.row, problem.reason.code) for problem in found.problems] == [
        (2, "author_unknown"),
        (4, "no_conversation"),
        (6, "no_assistant_message"),
    ]


def test_empty_questions_and_answers_are_told_apart():
    rows = [{"question": "", "answer": "b"}, {"question": "a", "answer": "  "}]
    assert [problem.reason.code for problem in read(rows, PAIR).problems] == ["no_prompt", "no_completion"]


def exported(*lines):
    """A table with a message a row: the ticket, who says it, and what."""
    return [dict(zip(("ticket", "who", "text"), line, strict=True)) for line in lines]


def test_who_answers_can_be_told_where_authors_are_people():
    rows = exported(
        ("1", "mia@example.com", "My order is late."),
        ("1", "Kim Lee", "Sorry!"),
        ("1", " kim lee ", "It comes today."),
        ("2", "System", "Be kind."),
        ("2", "Agent", "Who am I?"),
        ("2", "Ana", "A colleague."),
        ("3", "", "Hello?"),
    )
    shape = Shape({Role(role): name for role, name in TURNS.items()}, answering_authors=("KIM LEE", "Ana"))
    found = shape.read(rows)
    assert [said(each) for each in found.conversations] == [
        [("user", "My order is late."), ("assistant", "Sorry!\nIt comes today.")],
        [("system", "Be kind."), ("user", "Who am I?"), ("assistant", "A colleague.")],
    ]
    assert [(problem.row, problem.reason.code) for problem in found.problems] == [(7, "author_unknown")]


def test_a_greeting_before_the_first_question_costs_no_conversation():
    rows = exported(
        ("1", "system", "Be kind."),
        ("1", "bot", "Hi, how can I help?"),
        ("1", "visitor", "My order is late."),
        ("1", "agent", "Sorry!"),
        ("2", "agent", "Hello?"),
        ("2", "agent", "Anybody?"),
        ("3", "agent", "Hello?"),
        ("3", "visitor", "Hi."),
    )
    found = read(rows, TURNS)
    [one] = found.conversations
    assert said(one) == [("system", "Be kind."), ("user", "My order is late."), ("assistant", "Sorry!")]
    assert [(problem.row, problem.reason.code) for problem in found.problems] == [
        (5, "roles_out_of_order"),
        (7, "no_assistant_message"),
    ]


def test_of_a_conversation_in_several_rows_the_row_at_fault_is_named_and_how_many_it_takes_along():
    rows = exported(
        ("1", "visitor", "Hi"),
        ("1", "agent", "Hello"),
        ("2", "visitor", "Hi"),
        ("1", "visitor", "Where is it?"),
        ("1", "system", "Anna has joined."),
        ("1", "agent", " "),
        ("1", "agent", "Here."),
        ("3", "visitor", "Hi"),
        ("3", "visitor", "Anybody?"),
    )
    problems = read(rows, TURNS).problems
    assert [(problem.row, problem.reason.code, problem.others) for problem in problems] == [
        (3, "no_assistant_message", 0),
        (5, "system_inside", 4),
        (6, "utterance_empty", 0),
        (8, "no_assistant_message", 1),
    ]


@pytest.mark.parametrize(
    ("asks", "answers"),
    [
        ("End-user", "Support agent"),
        ("访客", "坐席"),
        ("Kunde", "Mitarbeiter"),
        ("cliente", "agente"),
        ("お客様", "担当者"),
    ],
)
def test_who_speaks_is_known_by_the_names_of_exports_and_of_other_languages(asks, answers):
    [found] = read(exported(("1", asks, "a"), ("1", answers, "b")), TURNS).conversations
    assert [role for role, _ in said(found)] == ["user", "assistant"]


@pytest.mark.parametrize(
    "calls", [{"tool_calls": [{"id": "c1", "type": "function"}]}, {"function_call": {"name": "look_up"}}]
)
def test_an_answer_that_calls_a_tool_is_not_learnt_without_the_call(calls):
    talk = [{"role": "user", "content": "Where is it?"}, {"role": "assistant", "content": "I'll look it up."} | calls]
    found = read([{"messages": json.dumps(talk)}], {"messages": "messages"})
    assert [problem.reason.code for problem in found.problems] == ["message_not_text"]
    talk[1] |= dict.fromkeys(calls)
    assert read([{"messages": json.dumps(talk)}], {"messages": "messages"}).problems == []


def test_characters_that_no_text_has_do_not_come_out_of_json():
    talk = r'[{"role":"user","content":"cut \ud83d"},{"role":"assistant","content":"a\u0000b \ud83d\ude00"}]'
    strange = r'[{"role":"\ud83d","content":"x"}]'
    found = read([{"messages": talk}, {"messages": strange}], {"messages": "messages"})
    assert said(found.conversations[0]) == [("user", "cut ?"), ("assistant", "ab 😀")]
    assert found.problems[0].reason.details["role"] == "?"


def test_a_template_asks_nothing_where_all_its_blanks_are_empty():
    rows = [{"q": "Why?", "shop": "", "a": "b"}, {"q": " ", "shop": None, "a": "b"}]
    found = read(rows, {"completion": "a"}, prompt_template="At {{shop}}: {{q}}")
    assert [each.asked for each in found.conversations] == ["At : Why?"]
    assert [(problem.row, problem.reason.code) for problem in found.problems] == [(2, "no_prompt")]
    assert read(rows, {"completion": "a"}, prompt_template="Say something.").problems == []
