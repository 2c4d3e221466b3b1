"""The OpenAI facade, called with the real client of OpenAI."""

import math
from typing import Any

import httpx
import openai
import pytest
from model_versions import publish
from openai import OpenAI
from serving_double import ServingDouble, report
from workspaces import MakeWorkspace, WorkspaceUnderTest, make_key, services

from tuneyard.auth.models import Scope
from tuneyard.deployments.models import Deployment, DeploymentStatus
from tuneyard.kit.ids import new_id

ASK: Any = [{"role": "system", "content": "Answer with a label."}, {"role": "user", "content": "Where is my parcel?"}]


@pytest.fixture
def client(address: str, workspace: WorkspaceUnderTest, serving: ServingDouble) -> OpenAI:
    """A client of a workspace with a deployment that answers and one that is still starting."""
    headers = {"authorization": f"Bearer {workspace.key}"}
    for name in ("starting", "support"):
        version = publish(workspace)
        body = {"name": name, "model_version_id": version.id}
        made = httpx.post(f"{address}/api/v1/deployments", json=body, headers=headers)
        assert made.status_code == 201, made.text
    report(workspace.client, serving.token, version.id)
    base_url = made.json()["urls"]["openai"]
    return OpenAI(
        base_url=base_url, api_key=make_key(workspace.app, workspace.id, Scope.PREDICT), max_retries=0, project="p"
    )


def test_the_last_message_of_the_user_is_answered_with_its_label(client: OpenAI, serving: ServingDouble) -> None:
    parts: Any = [{"type": "text", "text": "my"}, {"type": "text", "text": "money"}]
    earlier: Any = [*ASK, {"role": "assistant", "content": "shipping"}, {"role": "user", "content": parts}]
    assert serving.asked == []
    done = client.chat.completions.create(model="support", messages=earlier)
    assert serving.asked[-1][1] == {"inputs": ["my\nmoney"]}
    assert done.choices[0].message.content == "refund"
    assert (done.choices[0].finish_reason, done.model, done.object) == ("stop", "support", "chat.completion")
    assert done.system_fingerprint == serving.asked[-1][0]
    assert client.chat.completions.create(model="support", messages=ASK).choices[0].message.content == "shipping"


def test_scores_come_as_log_probabilities(client: OpenAI) -> None:
    done = client.chat.completions.create(model="support", messages=ASK, logprobs=True, top_logprobs=2)
    logprobs = done.choices[0].logprobs
    assert logprobs is not None
    assert logprobs.content is not None
    entry = logprobs.content[0]
    assert (entry.token, math.exp(entry.logprob)) == ("shipping", pytest.approx(0.8))
    assert [item.token for item in entry.top_logprobs] == ["shipping", "billing"]


def test_a_stream_gives_the_label_and_ends(client: OpenAI, address: str) -> None:
    stream = client.chat.completions.create(model="support", messages=ASK, stream=True, logprobs=True)
    chunks = list(stream)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "shipping"
    assert [chunk.choices[0].finish_reason for chunk in chunks] == [None, None, "stop"]
    assert len({chunk.id for chunk in chunks}) == 1
    headers = {"authorization": f"Bearer {client.api_key}"}
    body = {"model": "support", "messages": ASK, "stream": True}
    raw = httpx.post(f"{address}/v1/chat/completions", json=body, headers=headers)
    assert raw.headers["content-type"].startswith("text/event-stream")
    assert raw.text.endswith("data: [DONE]\n\n")


def test_a_stream_counts_tokens_where_it_is_asked_to(client: OpenAI, serving: ServingDouble) -> None:
    chunks = list(
        client.chat.completions.create(
            model="support", messages=ASK, stream=True, stream_options={"include_usage": True}
        )
    )
    assert [(len(chunk.choices), chunk.usage is None) for chunk in chunks] == [(1, True)] * 3 + [(0, False)]
    usage = chunks[-1].usage
    assert usage is not None
    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (4, 1, 5)
    assert len({chunk.id for chunk in chunks}) == 1
    client.chat.completions.create(model="support", messages=ASK)
    assert [asked.get("count") for _, asked in serving.asked] == [True, None]


def test_what_asks_for_nothing_is_taken(client: OpenAI) -> None:
    done = client.chat.completions.create(
        model="support", messages=ASK, temperature=0, top_p=1, seed=7, max_tokens=1, n=1, stop=[], presence_penalty=0,
        logit_bias={}, response_format={"type": "text"}, user="u", service_tier="default",
        extra_body={"safety_identifier": "u", "prompt_cache_key": "k"}, stream_options={"include_obfuscation": False},
    )  # fmt: skip
    assert done.choices[0].message.content == "shipping"


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"n": 2}, "n"),
        ({"stop": ["a"]}, "stop"),
        ({"frequency_penalty": 0.5}, "frequency_penalty"),
        ({"logit_bias": {"1": 5}}, "logit_bias"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"tools": [{"type": "function", "function": {"name": "f"}}]}, "tools"),
        ({"extra_body": {"best_of": 3}}, "best_of"),
        ({"extra_body": {"chat_template_kwargs": {"enable_thinking": False}}}, "chat_template_kwargs"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "u"}}]}]},
         "messages.0.content.0"),
        ({"messages": [{"role": "system", "content": "no question"}]}, "messages"),
        ({"messages": [{"role": "user", "content": None}]}, "messages.0.content"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "user", "content": 5}]}, "messages.0.content"),
        ({"messages": [{"role": "user", "content": [5]}]}, "messages.0.content.0"),
        ({"stop": ""}, "stop"),
        ({"stop": ["a", 5]}, "stop.1"),
        ({"service_tier": "priority"}, "service_tier"),
        ({"temperature": 9}, "temperature"),
        ({"top_logprobs": 3}, "top_logprobs"),
        ({"logprobs": True, "top_logprobs": 21}, "top_logprobs"),
        ({"stream": True, "stream_options": {"chunk_size": 5}}, "stream_options.chunk_size"),
        ({"response_format": {"type": "text", "schema": {"type": "object"}}}, "response_format.schema"),
    ],
)  # fmt: skip
def test_what_cannot_be_honoured_is_a_400_that_names_it(
    client: OpenAI, serving: ServingDouble, more: dict[str, Any], param: str
) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(**{"model": "support", "messages": ASK} | more)
    assert refused.value.param == param
    assert param in refused.value.message
    assert refused.value.type == "invalid_request_error"
    assert refused.value.request_id
    assert serving.asked == []


def test_errors_are_those_that_the_client_knows(
    client: OpenAI, serving: ServingDouble, workspace: WorkspaceUnderTest, make_workspace: MakeWorkspace
) -> None:
    def ask(key: str, model: str = "support") -> object:
        return client.with_options(api_key=key).chat.completions.create(model=model, messages=ASK)

    with pytest.raises(openai.AuthenticationError, match="not an API key"):
        ask("sk-nothing")
    with pytest.raises(openai.PermissionDeniedError, match="'predict'"):
        ask(make_key(workspace.app, workspace.id, Scope.READ))
    for key, model in ((client.api_key, "nothing"), (make_workspace().key, "support")):
        with pytest.raises(openai.NotFoundError) as unknown:
            ask(key, model)
        assert (unknown.value.code, unknown.value.param) == ("model_not_found", "model")
    with pytest.raises(openai.InternalServerError, match="still starting"):
        ask(client.api_key, "starting")
    serving.refuse(429, Retry_After="7")
    with pytest.raises(openai.RateLimitError) as busy:
        ask(client.api_key)
    assert busy.value.response.headers["retry-after"] == "7"


def test_models_are_the_deployments_that_answer(client: OpenAI, workspace: WorkspaceUnderTest) -> None:
    found = client.models.list()
    assert [(model.id, model.owned_by) for model in found] == [("support", workspace.id)]
    assert found.object == "list"
    assert client.models.retrieve("support").id == "support"
    with pytest.raises(openai.NotFoundError, match="no model 'nothing'"):
        client.models.retrieve("nothing")


def test_models_come_in_pages(client: OpenAI, address: str, workspace: WorkspaceUnderTest) -> None:
    headers = {"authorization": f"Bearer {workspace.key}"}
    ready = client.models.retrieve("support")
    routes = httpx.get(f"{address}/api/v1/deployments/support", headers=headers).json()["routes"]
    for name in ("second", "third"):
        body = {"name": name, "model_version_id": routes[0]["model_version_id"]}
        httpx.post(f"{address}/api/v1/deployments", json=body, headers=headers).raise_for_status()
    first = httpx.get(f"{address}/v1/models?limit=2", headers=headers).json()
    assert ([model["id"] for model in first["data"]], first["has_more"]) == (["third", "second"], True)
    rest = httpx.get(f"{address}/v1/models?limit=2&after=second", headers=headers).json()
    assert ([model["id"] for model in rest["data"]], rest["has_more"]) == ([ready.id], False)
    assert httpx.get(f"{address}/v1/models?after=nothing", headers=headers).status_code == 404


def test_all_models_are_listed_at_once_to_clients_that_ask_for_no_second_page(
    client: OpenAI, workspace: WorkspaceUnderTest
) -> None:
    with services(workspace.app).database.workspace(workspace.id) as session:
        session.add_all(
            Deployment(
                id=new_id("dep"), workspace_id=workspace.id, name=f"model-{number}", status=DeploymentStatus.READY,
                error=None, revision=1, newest_revision=1,
            )
            for number in range(250)
        )  # fmt: skip
    assert len(client.models.list().data) == 251
