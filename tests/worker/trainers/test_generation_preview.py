"""What is shown of a row before training is what training makes of it, token by token."""

import json
import os
import subprocess
import sys

import pytest
import torch
from chat_jobs import below_a_header
from test_generation_batches import ENDLESS, NO_SYSTEM

from tiny_llama import CHAT_TEMPLATE, FORGETFUL, write_tiny_llama
from tuneyard.specs.chat_preview import ChatPreview, ChatPreviewSpec
from tuneyard.specs.job import FINE_TUNE_SPEC, Budget
from tuneyard_worker.job_directory import JobDirectory
from tuneyard_worker.trainers.generation.causal_models import load
from tuneyard_worker.trainers.generation.lesson import prepare
from tuneyard_worker.trainers.generation.preview import preview

# A template with all that `transformers` adds to plain Jinja, and whitespace that its block tags take away.
FANCY = """{{- bos_token or '' }}
{%- if tools is not none and tools %}never{% endif %}
{% for message in messages %}
{% if message.role == 'user' and loop.index > 90 %}{% break %}{% endif %}
    {%- if message.role == 'assistant' %}
{% generation %}
<|im_start|>assistant {{ message.content | trim }}{{ eos_token }}
{% endgeneration %}
    {% else %}
<|im_start|>{{ message.role }} {{ {'said': message.content} | tojson }}<|im_end|>
    {%- endif %}
{% endfor %}
{%- if add_generation_prompt %}
<|im_start|>assistant {% endif %}"""
TRICKY = [
    "Ein Café, 咖啡 ☕👩‍👩‍👧?",
    "  spaces  and\ttabs\r\n",
    "<|im_end|> {{ answer }} {% if %}",
    "Q\u2028\u00a0\x7f",
]
PAIRS = [{"prompt": f"{n}: {TRICKY[n % 4]}", "completion": f"{TRICKY[n % 3]} so {n}"} for n in range(16)]
CHATS = [
    {
        "chat": json.dumps(
            [
                {"role": "system", "content": "Be brief."},
                {"from": "human", "value": f"Hi {n}"},
                {"role": "assistant", "content": "Hello", "weight": n % 2},
                {"role": "user", "content": TRICKY[n % 4]},
                {"from": "gpt", "value": f"Ciao {n}"},
            ]
        )
    }
    for n in range(12)
]
LINES = [
    {"id": f" c{n} ", "who": who, "says": f"{who} {n} {TRICKY[n % 4]}"}
    for n in range(12)
    for who in ("customer", "agent", "agent", "customer")
]
PREFERENCES = [
    {
        "asked": json.dumps(
            [{"role": "user", "content": f"Hi {n}"}, *talk, {"role": "user", "content": TRICKY[n % 4]}]
        ),
        "better": json.dumps([{"role": "assistant", "content": f"Ciao {n}"}]),
        "worse": TRICKY[n % 3] + "!",
    }
    for n in range(12)
    for talk in ([{"role": "assistant", "content": "Hello"}],)
]
TWO_ENDS = [
    {
        "better": json.dumps([*json.loads(row["asked"]), *json.loads(row["better"])]),
        "worse": json.dumps([*json.loads(row["asked"]), {"role": "assistant", "content": row["worse"]}]),
    }
    for row in PREFERENCES
]
FORMS = {
    "pairs": (PAIRS, {"prompt": "prompt", "completion": "completion"}),
    "messages": (CHATS, {"messages": "chat"}),
    "lines": (LINES, {"conversation": "id", "author": "who", "content": "says"}),
    "people": (
        [row | {"who": {"customer": "Mia", "agent": "Kim Lee"}[row["who"]]} for row in LINES],
        {"conversation": "id", "author": "who", "content": "says"},
    ),
    "preferences": (PREFERENCES, {"messages": "asked", "completion": "better", "rejected": "worse"}),
    "ends": (TWO_ENDS, {"messages": "better", "rejected": "worse"}),
}
SETTINGS = {"pairs": {"system_prompt": "You help {{prompt}}"}, "people": {"answering_authors": ["Kim Lee"]}}
TEMPLATES = {"chatml": CHAT_TEMPLATE, "forgetful": FORGETFUL, "endless": ENDLESS, "fancy": FANCY}


def shown(job, row: int) -> ChatPreview:
    spec = FINE_TUNE_SPEC.validate_json((job / "spec.json").read_bytes())
    hyper = spec.hyperparameters
    return preview(
        ChatPreviewSpec(
            rows=spec.dataset.path,
            row=row,
            columns=spec.columns,
            system_prompt=hyper.system_prompt,
            prompt_template=hyper.prompt_template,
            answering_authors=hyper.answering_authors,
            max_length=hyper.max_length,
            tokenizer=spec.base_model.path,
            budget=Budget(threads=1),
            cpu_seconds=10,
        )
    )


def learned_of(job) -> dict[int, list[tuple[list[int], list[bool]]]]:
    """What training makes of each conversation, by its first row."""
    spec = FINE_TUNE_SPEC.validate_json((job / "spec.json").read_bytes())
    lesson = prepare(spec, JobDirectory(job), load(spec.base_model.path, "tiny", torch.float32))
    return {
        each.conversation.row: [(one.ids.tolist(), one.learned.tolist()) for one in each.read]
        for each in lesson.written
    }


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("template", TEMPLATES)
def test_the_preview_is_what_training_uses(make_chat_job, tmp_path, form, template):
    base = tmp_path / "base"
    base.mkdir()
    write_tiny_llama(base, TEMPLATES[template])
    rows, columns = FORMS[form]
    job = make_chat_job(rows, columns=columns, base=base, max_length=160, **SETTINGS.get(form, {}))
    taught = learned_of(job)
    assert len(taught) >= 10
    for row, examples in taught.items():
        found = shown(job, row)
        tokens = [
            ([token.id for token in lesson.tokens], [token.learned for token in lesson.tokens])
            for lesson in found.lessons
        ]
        assert (found.row, found.rows, found.problem) == (row, len(rows), None)
        assert [one for one in tokens if any(one[1][1:])] == examples


def test_the_texts_of_the_tokens_are_the_text(make_chat_job):
    job = make_chat_job(PAIRS, max_length=1000, prompt_template="About {{prompt}}:", system_prompt="Short.")
    [lesson] = shown(job, 1).lessons
    assert "".join(token.text for token in lesson.tokens) == (
        "<|im_start|>system\nShort.<|im_end|>\n<|im_start|>user\nAbout 0: Ein Café, 咖啡 ☕👩‍👩‍👧?:<|im_end|>\n"
        "<|im_start|>assistant\nEin Café, 咖啡 ☕👩‍👩‍👧? so 0<|im_end|>"
    )
    assert (lesson.total, lesson.rest) == (len(lesson.tokens), "")


def test_the_line_of_the_file_is_told_where_it_is_known(make_chat_job):
    job = make_chat_job(LINES, columns=FORMS["lines"][1])
    assert (shown(job, 7).row, shown(job, 7).line) == (5, None)
    below_a_header(job / "data.parquet", len(LINES))
    found = shown(job, 7)
    assert (found.row, found.line, found.sheet_row) == (5, 6, None), "where its conversation begins"


def test_what_is_cut_and_what_can_not_be_learned_is_told(make_chat_job, tmp_path):
    rows = [*PAIRS, {"prompt": "", "completion": "x"}]
    [cut] = shown(make_chat_job(rows, max_length=64), 1).lessons
    assert (len(cut.tokens), cut.total > 64, cut.rest.endswith("so 0<|im_end|>")) == (64, True, True)
    unreached = shown(make_chat_job(rows, max_length=32, name="short"), 1)
    assert unreached.problem.code == "answer_out_of_reach"
    empty = shown(make_chat_job(rows, name="empty"), 17)
    assert (empty.row, empty.lessons, empty.problem.code) == (17, [], "no_prompt")
    strict = tmp_path / "strict"
    strict.mkdir()
    write_tiny_llama(strict, NO_SYSTEM)
    refused = shown(make_chat_job(PAIRS, base=strict, system_prompt="Hi", name="refused"), 1)
    assert refused.problem.code == "template_refuses"


def test_a_row_within_a_conversation_shows_all_of_it(make_chat_job):
    rows = [*LINES, {"id": None, "who": "agent", "says": "lost"}]
    job = make_chat_job(rows, columns=FORMS["lines"][1], max_length=1000)
    third = shown(job, 7)
    assert (third.row, third.lessons == shown(job, 5).lessons) == (5, True)
    assert (shown(job, 49).row, shown(job, 49).problem.code) == (49, "no_conversation")


def test_the_rows_of_a_conversation_are_those_of_training_whatever_stands_around_its_name(make_chat_job):
    names = ["a", "a\u00a0", "\u3000a\x0b", "\u2003a\x1f"]
    rows = [
        {"id": name, "who": who, "says": f"{who} {name!a}"}
        for name, who in zip(names, ("visitor", "agent") * 2, strict=True)
    ]
    job = make_chat_job(rows + LINES, columns=FORMS["lines"][1], max_length=1000)
    assert [[token.id for token in lesson.tokens] for lesson in shown(job, 2).lessons] == [
        ids for ids, _ in learned_of(job)[1]
    ]


def test_half_of_a_surrogate_pair_breaks_neither_preview_nor_training(make_chat_job):
    talk = r'[{"role":"user","content":"%d \ud83d"},{"role":"assistant","content":"a\u0000b"}]'
    job = make_chat_job([{"chat": talk % n} for n in range(12)], columns=FORMS["messages"][1])
    assert shown(job, 1).problem is None
    assert len(learned_of(job)) == 12


def test_it_starts_without_torch(make_chat_job):
    program = "import sys; import tuneyard_worker.trainers.generation.preview; print([name for name in "
    program += "('torch', 'transformers', 'numpy', 'sqlalchemy', 'fastapi') if name in sys.modules])"
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=dict(os.environ), check=True
    )
    assert ended.stdout.strip() == "[]"
