"""Two answers side by side, votes on them, and what they come to, as the REST API shows them."""

from enum import StrEnum
from typing import Literal

import httpx
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from tuneyard.evaluations.schemas import PairedDifference
from tuneyard.specs.evaluation import Verdict

MOST_JUDGED = 100
HIGHEST_PORT = 65535


class Vote(StrEnum):
    LEFT = "left"
    RIGHT = "right"
    TIE = "tie"


class ComparedAnswers(BaseModel):
    """Two answers to one held-out row. One is the tuned model's, the other the untuned one's; which is not told."""

    row: int = Field(description="Row number in the dataset version; the first is 1.", examples=[17])
    prompt: str = Field(description="What was asked.", examples=["How do I reset my password?"])
    expected: str = Field(description="The answer in the sheet.", examples=["Click 'Forgot password'."])
    left: str = Field(description="One answer.")
    right: str = Field(description="The other.")
    vote: Vote | None = Field(description="How the caller has voted; null if not yet.")


class ComparisonPage(BaseModel):
    """A page of pairs."""

    data: list[ComparedAnswers] = Field(description="In the order of the exam, which was drawn by its seed.")
    next_cursor: str | None = Field(None, description="Give it as `cursor` for the next page; null on the last.")


class ComparisonQuery(BaseModel):
    cursor: int = Field(0, ge=0, le=10_000_000, description="`next_cursor` of the page before.")
    limit: int = Field(20, ge=1, le=100, description="Pairs of a page.")


class VoteWrite(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"vote": "left"}]})

    vote: Vote = Field(description="Which answer is better.")


class Tally(BaseModel):
    """What votes come to. Where several people have voted on a row, it counts once, by the majority."""

    tuned: int = Field(description="Votes for the tuned model's answer.", examples=[14])
    base: int = Field(description="Votes for the untuned model's.", examples=[3])
    tie: int = Field(description="Votes that see no difference.", examples=[3])
    rows: int = Field(description="Rows that were voted on.", examples=[20])
    difference: PairedDifference | None = Field(
        description="Of the rows, the share for the tuned model minus that for the untuned one; null without votes."
    )
    level: Literal["better", "similar", "worse"] | None = Field(
        description="`better` or `worse` only if the whole interval is on that side of zero; null without votes."
    )
    verdict: Verdict | None = Field(description="The same in a plain sentence; null without votes.")


class JudgeTally(Tally):
    judge: str = Field(description="Which model, and where.", examples=["gpt-5 at api.openai.com"])
    undecided: int = Field(
        description="Rows that it was asked about and that are not counted: it gave no clear answer, or its endpoint "
        "refused them.",
        examples=[1],
    )


class PreferenceSummary(Tally):
    people: int = Field(description="How many people have voted.", examples=[2])
    judges: list[JudgeTally] = Field(description="What other models think, where they were asked.")


class JudgementRequest(BaseModel):
    """Which model is to compare the answers: any with an OpenAI-compatible endpoint."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"base_url": "https://llm.invalid/v1", "model": "judge", "api_key": "sk-example", "rows": 20}]
        },
    )

    base_url: str = Field(
        max_length=2000, description="As the official clients take it, as `https://api.openai.com/v1`."
    )
    model: str = Field(min_length=1, max_length=200, description="Name of the model there.")
    api_key: SecretStr | None = Field(None, max_length=2000, description="Sent as bearer token; kept nowhere.")
    rows: int = Field(
        20,
        ge=1,
        le=MOST_JUDGED,
        description="Rows to compare, of those that this judge has not been asked about, in the time.",
    )
    again: bool = Field(
        False,
        description="Ask about the rows that it has not decided instead, those first that it was asked about longest "
        "ago.",
    )

    @field_validator("base_url")
    @classmethod
    def _is_web_address(cls, value: str) -> str:
        try:
            url = httpx.URL(value.strip())
        except httpx.InvalidURL as error:
            raise ValueError(f"This is no address: {error}") from error
        found = str(url)
        has_more = url.userinfo or "?" in found or "#" in found or not 0 < (url.port or 1) <= HIGHEST_PORT
        if url.scheme not in ("http", "https") or not url.host or has_more:
            raise ValueError("Name the address as https://host/v1, without a key, a question mark or a # in it.")
        return found.rstrip("/")

    @field_validator("api_key")
    @classmethod
    def _fits_into_a_header(cls, value: SecretStr | None) -> SecretStr | None:
        key = value.get_secret_value().strip() if value is not None else ""
        if not (key.isascii() and key.isprintable()):
            raise ValueError("A key is one line of letters, digits and signs as on an English keyboard; copy it again.")
        return SecretStr(key) if key else None


class JudgementRead(JudgeTally):
    judged: int = Field(description="Rows that were compared now.", examples=[18])
    unclear: int = Field(description="Rows whose comparison was no answer to the question.", examples=[1])
    refused: int = Field(
        description="Rows that its endpoint refused, or failed at where it answered another.", examples=[1]
    )
    refusal: str | None = Field(
        description="What came back for the first of those.",
        examples=["The judge answers with the status 400: content_filter"],
    )
    left: int = Field(description="Rows that this judge has not been asked about yet.", examples=[44])
