"""What the readers of files say in English, the web UI can say in Chinese: every code has its sentence there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tuneyard.specs.dataset import ColumnType, Question

ROOT = Path(__file__).parents[2]
READERS = ROOT / "worker" / "tuneyard_worker" / "data"
CATALOGUE = ROOT / "frontend" / "src" / "i18n" / "sayings.zh-CN.ts"
# Which kind of sentence the first arguments of a call say, and which argument is the code.
FINDINGS = {"warn": 0, "note": 0, "tell": 0, "_warning": 0, "_info": 0}
FAILURES = {"JobFailure": 0}
# No upload passes through it.
NOT_A_READER = "splits.py"


def keys() -> set[str]:
    return set(re.findall(r"^  '([^']+)':", CATALOGUE.read_text(encoding="utf-8"), re.MULTILINE))


def calls() -> Iterator[tuple[str, list[ast.expr], Path]]:
    for path in sorted(path for path in READERS.glob("*.py") if path.name != NOT_A_READER):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                yield name, node.args, path


def words(node: ast.expr) -> list[str]:
    """The literals that an argument may be."""
    parts = [node.body, node.orelse] if isinstance(node, ast.IfExp) else [node]
    return [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]


def said(names: dict[str, int], kind: str) -> set[str]:
    return {
        f"{kind}.{code}"
        for name, arguments, _ in calls()
        if name in names and len(arguments) > names[name]
        for code in words(arguments[names[name]])
    }


def sentences() -> set[str]:
    """Codes of reasons, for lines and for columns."""
    found: set[str] = set()
    for name, arguments, path in calls():
        if name == "explain":
            found |= {f"column.{code}" for code in words(arguments[2])}
        if name == "Sentence" and len(arguments) > 1:
            kinds = ("column", "suggestion") if path.name == "suggestions.py" else ("reason",)
            for code in words(arguments[1]):
                found.add("|".join(f"{kind}.{code}" for kind in kinds))
    return found


@pytest.mark.parametrize(("names", "kind", "fewest"), [(FINDINGS, "finding", 20), (FAILURES, "error", 20)])
def test_every_finding_and_every_refusal_is_translated(names, kind, fewest):
    found = said(names, kind)
    assert len(found) >= fewest
    assert found - keys() == set()


def test_every_reason_is_translated():
    found = sentences()
    assert len(found) >= 15
    assert [codes for codes in found if not set(codes.split("|")) & keys()] == []


def test_every_question_and_type_is_translated():
    codes = Question.model_fields["code"].annotation.__args__
    wanted = {f"question.{code}" for code in codes} | {f"column.type_{kind}" for kind in ColumnType}
    assert wanted - keys() == set()
