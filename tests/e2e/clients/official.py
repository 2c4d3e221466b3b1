"""What a user of OpenAI's own client does, the same for every major version; each step says what it expects.

OPENAI_BASE_URL and OPENAI_API_KEY are all that says where it goes. Called as `official.py JOB CLASSIFIER LABEL SPARE`:
a fine-tuning that has succeeded and whose model answers, the name of a classifier, what it makes of `CHARGED`, and the
name of a deployment to delete.
"""

import asyncio
import io
import json
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

import openai
from openai import AsyncOpenAI, OpenAI

JOB, CLASSIFIER, LABEL, SPARE = sys.argv[1:]
CHARGED = "My card was charged twice"
ROWS = [
    {"messages": [{"role": "user", "content": f"What about {n}?"}, {"role": "assistant", "content": f"{n} is fine."}]}
    for n in range(12)
]
LINES = "\n".join(map(json.dumps, ROWS)).encode()
ENCODER = "all-minilm-l6-v2"
# Id of a token of the base model.
LETTER_F = "40"
QUESTION = [{"role": "user", "content": "What about 7?"}]
FINE = {
    "type": "object",
    "properties": {"fine": {"type": "boolean"}},
    "required": ["fine"],
    "additionalProperties": False,
}


def files(client: OpenAI) -> None:
    sent = (("part-0.jsonl", LINES), io.BytesIO(LINES))
    uploaded = [client.files.create(file=each, purpose="fine-tune") for each in sent]
    assert {file.status for file in uploaded} <= {"uploaded", "processed"}
    read = client.files.wait_for_processing(uploaded[0].id, poll_interval=0.2)
    assert (read.status, read.bytes, read.filename, read.object) == ("processed", len(LINES), "part-0.jsonl", "file")
    assert client.files.content(read.id).read() == LINES
    listed = [file.id for file in client.files.list(limit=1)]
    assert len(listed) == len(set(listed)) >= 4
    oldest = [file.id for file in client.files.list(limit=3, order="asc", purpose="fine-tune")]
    assert oldest == [each for each in reversed(listed) if each in oldest]
    results = [file.id for file in client.files.list(purpose="fine-tune-results")]
    assert client.fine_tuning.jobs.retrieve(JOB).result_files[0] in results
    for file in uploaded:
        client.files.wait_for_processing(file.id, poll_interval=0.2)
        assert client.files.delete(file.id).deleted
    assert refused(openai.NotFoundError, lambda: client.files.retrieve(read.id)).param == "file_id"


def fine_tuning(client: OpenAI) -> None:
    jobs = client.fine_tuning.jobs
    done = jobs.retrieve(JOB)
    assert (done.status, done.object, done.error) == ("succeeded", "fine_tuning.job", None)
    assert done.trained_tokens
    assert done.finished_at
    assert done.finished_at >= done.created_at
    figures = client.files.content(done.result_files[0]).read()
    assert client.files.retrieve(done.result_files[0]).bytes == len(figures)
    steps = figures.decode().splitlines()
    assert steps[0] == "step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy"
    assert float(steps[1].split(",")[1]) > 0
    assert JOB in [job.id for job in jobs.list(limit=1)]
    events = list(jobs.list_events(JOB, limit=3))
    assert len({event.id for event in events}) == len(events) > 10
    assert [event.created_at for event in events] == sorted((event.created_at for event in events), reverse=True)
    assert any("valid_loss" in event.data for event in events if event.type == "metrics")
    (checkpoint,) = jobs.checkpoints.list(JOB)
    assert checkpoint.fine_tuned_model_checkpoint == done.fine_tuned_model
    assert checkpoint.metrics.valid_loss
    kept = refused(openai.ConflictError, lambda: client.files.delete(done.training_file))
    assert kept.response.headers["x-should-retry"] == "false"
    for more, param in (
        ({"method": {"type": "reinforcement"}}, "method.type"),
        ({"integrations": [{"type": "wandb"}]}, "integrations"),
        ({"training_file": "file-none"}, "training_file"),
        ({"model": "gpt-4o-mini"}, "model"),
        ({"hyperparameters": {"n_epochs": 999}}, "hyperparameters.n_epochs"),
    ):
        given = {"model": "tiny-llama", "training_file": done.training_file, "extra_body": more}
        error = refused(openai.BadRequestError, lambda given=given: jobs.create(**given))
        assert (error.param, error.type) == (param, "invalid_request_error")


def going_on(client: OpenAI) -> None:
    """What can be done with a fine-tuning that is not over."""
    jobs = client.fine_tuning.jobs
    asked = {"model": "tiny-llama", "training_file": jobs.retrieve(JOB).training_file, "suffix": "mine", "seed": 3}
    # Behind another one it waits for its turn, so nothing has to be stopped to pause it.
    ahead = jobs.create(**asked)
    mine = {"client": openai.__version__}
    started = jobs.create(**asked, hyperparameters={"n_epochs": 1}, metadata=mine)
    assert started.status in ("queued", "running")
    assert (started.seed, started.hyperparameters.n_epochs, started.metadata) == (3, 1, mine)
    assert [job.id for job in jobs.list(metadata=mine)] == [started.id]
    assert jobs.pause(started.id).id == started.id
    while jobs.retrieve(started.id).status != "paused":
        time.sleep(0.2)
    assert jobs.resume(started.id).status in ("queued", "running")
    for job in (started, ahead):
        assert jobs.cancel(job.id).id == job.id
    while {jobs.retrieve(job.id).status for job in (started, ahead)} != {"cancelled"}:
        time.sleep(0.2)


def models(client: OpenAI) -> None:
    names = [model.id for model in client.models.list()]
    assert {CLASSIFIER, ENCODER, "tiny-llama"} <= set(names)
    assert client.models.retrieve(CLASSIFIER).object == "model"
    assert client.models.retrieve(SPARE).id == SPARE
    assert client.models.delete(SPARE).deleted
    assert refused(openai.NotFoundError, lambda: client.models.retrieve(SPARE)).code == "model_not_found"
    assert refused(openai.PermissionDeniedError, lambda: client.models.delete(ENCODER)).code == "base_model"


def asking(client: OpenAI) -> None:
    said = [{"role": "user", "content": CHARGED}]
    done = client.chat.completions.create(model=CLASSIFIER, messages=said)
    assert done.choices[0].message.content == LABEL
    assert streamed(client.chat.completions.create(model=CLASSIFIER, messages=said, stream=True)) == LABEL
    texts = ["a refund, please", "give me my money back", "the weather is fine"]
    packed = client.embeddings.create(model=ENCODER, input=texts)
    plain = client.embeddings.create(model=ENCODER, input=texts, encoding_format="float")
    vectors = [each.embedding for each in packed.data]
    assert vectors == [each.embedding for each in plain.data]
    assert packed.usage.prompt_tokens == plain.usage.total_tokens > len(texts)
    assert dot(vectors[0], vectors[1]) > dot(vectors[0], vectors[2])
    short = client.embeddings.create(model=CLASSIFIER, input=texts[0], dimensions=64).data[0].embedding
    assert len(short) == 64
    assert abs(dot(short, short) - 1) < 1e-5


def writing(client: OpenAI) -> None:
    """What a model that writes is asked, whole and as it is written."""
    model = client.fine_tuning.jobs.retrieve(JOB).fine_tuned_model
    wishes = {"model": model, "messages": QUESTION, "seed": 4, "max_tokens": 8}
    whole = client.chat.completions.create(**wishes, logprobs=True, top_logprobs=2)
    assert whole.choices[0].logprobs.content[0].top_logprobs
    assert whole.usage.total_tokens == whole.usage.prompt_tokens + whole.usage.completion_tokens
    counted = {"include_usage": True}
    *chunks, last = client.chat.completions.create(**wishes, stream=True, stream_options=counted)
    assert streamed(chunks) == whole.choices[0].message.content
    assert (last.choices, last.usage.total_tokens) == ([], whole.usage.total_tokens)
    schema = {"type": "json_schema", "json_schema": {"name": "fine", "schema": FINE}}
    # Room for all the blanks that a schema allows: this model likes them best.
    kept = client.chat.completions.create(**wishes | {"max_tokens": 64}, response_format=schema)
    assert json.loads(kept.choices[0].message.content)["fine"] in (True, False)
    biased = wishes | {"logit_bias": {LETTER_F: 100}}
    both = client.chat.completions.create(**biased, n=2)
    assert [(each.index, set(each.message.content)) for each in both.choices] == [(0, {"F"}), (1, {"F"})]
    (stopped,) = client.chat.completions.create(**biased, stop=["FFF"]).choices
    assert (stopped.message.content, stopped.finish_reason) == ("", "stop")
    told = [{"role": "developer", "content": "Be brief."}, {"role": "tool", "tool_call_id": "c", "content": "Fine."}]
    longer = client.chat.completions.create(**wishes | {"messages": [*told, *QUESTION]})
    assert longer.usage.prompt_tokens > whole.usage.prompt_tokens
    gone_on = client.completions.create(model="tiny-llama", prompt="Once", max_tokens=4, temperature=0)
    parts = client.completions.create(model="tiny-llama", prompt="Once", max_tokens=4, temperature=0, stream=True)
    assert "".join(part.choices[0].text for part in parts) == gone_on.choices[0].text
    calling = {"role": "assistant", "content": "", "tool_calls": [{"id": "c", "type": "function"}]}
    for wrong, param in (
        ({"tools": [{"type": "function", "function": {"name": "f"}}]}, "tools"),
        ({"messages": [*QUESTION, calling]}, "messages.1.tool_calls"),
        ({"messages": [{"role": "user", "content": "long " * 500}]}, "messages"),
    ):
        given = wishes | {"extra_body": wrong}
        assert (
            refused(openai.BadRequestError, lambda given=given: client.chat.completions.create(**given)).param == param
        )


def streamed(chunks: Iterable[Any]) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks)


def refusals(client: OpenAI) -> None:
    stranger = client.with_options(api_key="sk-none")
    for expected, call in (
        (openai.AuthenticationError, stranger.models.list),
        (openai.NotFoundError, lambda: client.fine_tuning.jobs.retrieve("ftjob_none")),
        (openai.BadRequestError, lambda: client.embeddings.create(model=ENCODER, input="")),
        (openai.BadRequestError, lambda: client.embeddings.create(model=ENCODER, input="a", dimensions=9999)),
        (openai.NotFoundError, lambda: client.get("/no/such/address", cast_to=object)),
    ):
        assert refused(expected, call).request_id


def refused(expected: type[openai.APIStatusError], call: Callable[[], object]) -> openai.APIStatusError:
    """The error that a call is answered with."""
    try:
        call()
    except expected as error:
        return error
    raise AssertionError(f"{expected} was expected")


async def the_same_without_waiting(client: AsyncOpenAI) -> None:
    names = [model.id async for model in client.models.list()]
    assert CLASSIFIER in names
    events = [event async for event in client.fine_tuning.jobs.list_events(JOB, limit=4)]
    assert len({event.id for event in events}) == len(events) > 10
    file = await client.files.create(file=("async.jsonl", LINES), purpose="fine-tune")
    read = await client.files.wait_for_processing(file.id, poll_interval=0.2)
    assert read.status == "processed"
    made = await client.embeddings.create(model=ENCODER, input=[[2023, 2003], [1037]])
    assert len(made.data) == 2
    assert (await client.files.delete(file.id)).deleted
    job = await client.fine_tuning.jobs.retrieve(JOB)
    wishes = {"model": job.fine_tuned_model, "messages": QUESTION, "temperature": 0, "max_tokens": 6}
    whole, *others = await asyncio.gather(*(client.chat.completions.create(**wishes) for _ in range(3)))
    text = whole.choices[0].message.content
    assert [each.choices[0].message.content for each in others] == [text, text]
    chunks = await client.chat.completions.create(**wishes, stream=True)
    assert "".join([chunk.choices[0].delta.content or "" async for chunk in chunks]) == text


def dot(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


given = {"organization": "org-x", "project": "proj-x"}
for part in (files, fine_tuning, going_on, models, asking, writing, refusals):
    part(OpenAI(**given))
asyncio.run(the_same_without_waiting(AsyncOpenAI(**given)))
print(openai.__version__)
