"""Writes conversations with a chat template, character by character as `transformers` does, without it."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, NoReturn

from jinja2 import Template, TemplateError, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

MOST_COMPILED = 8


class LearnedBlock(Extension):
    """`{% generation %}` only tells which part is learned; what is in it is written as it stands."""

    tags = {"generation"}  # noqa: RUF012  (jinja's own way)

    def parse(self, parser: Parser) -> nodes.Node:
        """The body of the block, in a scope of its own."""
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return nodes.Scope(body, lineno=line)


def write(template: str, messages: Sequence[Mapping[str, str]], *, ask: bool, special_tokens: Mapping[str, str]) -> str:
    """The conversation as text; with `ask` up to where the model begins to write. Raises TemplateError."""
    # An empty list and nothing: what `transformers` gives where there are no tools and documents.
    given = {"messages": messages, "tools": [], "documents": None, "add_generation_prompt": ask}
    return _compiled(template).render(**given, **special_tokens)


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[LearnedBlock, "jinja2.ext.loopcontrols"]
    )
    environment.filters["tojson"] = _to_json
    environment.globals |= {"raise_exception": _refuse, "strftime_now": lambda form: datetime.now().strftime(form)}
    return environment


@lru_cache(MOST_COMPILED)
def _compiled(template: str) -> Template:
    """Compiling takes longer than writing most conversations."""
    return _environment().from_string(template)


def _refuse(message: str) -> NoReturn:
    raise TemplateError(message)


def _to_json(
    value: Any,
    ensure_ascii: bool = False,
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)
