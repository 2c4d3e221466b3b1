"""What the server says in English, the web UI can say in Chinese: every code has its sentence there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tuneyard.base_models.catalogue import CATALOGUE as BASE_MODELS
from tuneyard.base_models.errors import (
    BaseModelNotFound,
    BaseModelNotInstalled,
    BaseModelUnreachable,
    LicenceNotAccepted,
    RefusedBaseModel,
    UnknownBaseModel,
    WrongChecksum,
)
from tuneyard.jobs import errors as job_errors
from tuneyard.kit.errors import NotFound, TuneyardError
from tuneyard.kit.storage import DiskFull
from tuneyard.specs.dataset import ColumnType, Question
from tuneyard.specs.hyperparameters import PRESETS, Preset
from tuneyard.specs.tasks import Task
from tuneyard_worker.trainers.encoder_runs import METHODS, settings_of
from tuneyard_worker.trainers.head_search import candidates

ROOT = Path(__file__).parents[2]
WORKER = ROOT / "worker" / "tuneyard_worker"
BACKEND = ROOT / "backend" / "tuneyard"
READERS = WORKER / "data"
CATALOGUE = ROOT / "frontend" / "src" / "i18n" / "zh-CN" / "sayings"
ERRORS = ROOT / "frontend" / "src" / "i18n" / "zh-CN" / "errors.ts"
# Which kind of sentence the first arguments of a call say, and which argument is the code.
FINDINGS = {"warn": 0, "note": 0, "tell": 0, "_warning": 0, "_info": 0}
FAILURES = {"JobFailure": 0}
# Remarks, by who makes them: kind of sentence.
REMARKS = {
    WORKER / "trainers": "log",
    BACKEND / "jobs" / "estimating.py": "estimate",
    BACKEND / "jobs" / "fitting.py": "estimate",
    BACKEND / "base_models" / "requirements.py": "fit",
    BACKEND / "specs" / "device.py": "device",
}
# Whose sentences, where they are not reasons why a line could not be read.
SENTENCES = {
    "suggestions.py": ("column", "suggestion"),
    "chat_suggestions.py": ("column", "suggestion"),
    "splits.py": ("split",),
}
# What the engine says of a job that it can't even start, and why a base model can't be fetched.
REFUSALS = (
    NotFound,
    UnknownBaseModel,
    BaseModelNotFound,
    BaseModelNotInstalled,
    BaseModelUnreachable,
    LicenceNotAccepted,
    RefusedBaseModel,
    WrongChecksum,
    DiskFull,
)


def catalogue() -> str:
    return "".join(path.read_text(encoding="utf-8") for path in sorted(CATALOGUE.glob("*.ts")))


def keys() -> set[str]:
    return set(re.findall(r"^  '([^']+)':", catalogue(), re.MULTILINE))


def nodes(place: Path) -> Iterator[tuple[str, ast.Call, Path]]:
    """Every call in a file or a folder, with the name of what is called."""
    for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                yield name, node, path


def calls() -> Iterator[tuple[str, list[ast.expr], Path]]:
    for name, node, path in nodes(READERS):
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
            kinds = SENTENCES.get(path.name, ("reason",))
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


def sentence(key: str) -> str:
    found = re.search(rf"^  '{re.escape(key)}':\s+'([^']*)'", catalogue(), re.MULTILINE)
    assert found, f"{key} has no sentence in {CATALOGUE.name}"
    return found[1]


def check(kind: str, code: ast.expr, details: set[str] | None) -> int:
    """The sentence of a code is there and fills its places from the details, where these can be read from the call."""
    for word in words(code):
        always = re.sub(r"\[[^\[\]]*\]", "", sentence(f"{kind}.{word}"))
        places = set(re.findall(r"\{(\w+)\}", always))
        assert details is None or places <= details, f"{kind}.{word} lacks {places - details}"
    return len(words(code))


def keys_of(node: ast.expr | None) -> set[str] | None:
    if isinstance(node, ast.Dict):
        return {key.value for key in node.keys if isinstance(key, ast.Constant)}
    return set() if node is None else None


def test_every_line_of_a_trainers_log_is_translated():
    lines = [node for name, node, _ in nodes(WORKER) if name == "log"]
    found = sum(
        check("log", node.args[0], {each.arg for each in node.keywords if each.arg})
        for node in lines
        if words(node.args[0])
    )
    assert found >= 20
    passed_on = {ast.unparse(node.args[0]) for node in lines if not words(node.args[0])}
    # Reasons and findings are looked for where they are made.
    written = "a test can only see codes that are written where they are logged"
    assert passed_on == {"reason.code", "finding.code"}, written


def test_every_line_that_the_engine_adds_to_a_log_is_translated():
    made = [{each.arg: each.value for each in node.keywords} for name, node, _ in nodes(BACKEND) if name == "LogData"]
    assert sum(check("log", told["code"], keys_of(told.get("details"))) for told in made) >= 1


@pytest.mark.parametrize(("place", "kind"), REMARKS.items())
def test_every_remark_is_translated(place, kind):
    made = [{each.arg: each.value for each in node.keywords} for name, node, _ in nodes(place) if name == "Remark"]
    assert sum(check(kind, remark["code"], keys_of(remark.get("details"))) for remark in made) >= 2


def test_every_failure_of_a_job_is_translated_with_its_hint():
    found = 0
    for name, node, path in [*nodes(WORKER), *nodes(BACKEND / "jobs")]:
        if name not in ("JobFailure", "JobError") or (path.parent == READERS and path.name != "splits.py"):
            continue
        given = {each.arg: each.value for each in node.keywords}
        code = node.args[0] if name == "JobFailure" else given.get("code")
        if code is None or not words(code):
            continue
        found += check("error", code, keys_of(given.get("details")))
        if len(node.args) > 2 or "hint" in given:
            assert sentence(f"error.{words(code)[0]}.hint")
    assert found >= 15
    assert {f"error.{refusal.code}" for refusal in REFUSALS} - keys() == set()


def test_what_a_refusal_says_is_translated():
    made = [{each.arg: each.value for each in node.keywords} for name, node, _ in nodes(BACKEND) if name == "Saying"]
    written = [saying for saying in made if words(saying["code"])]
    assert sum(check("error", saying["code"], keys_of(saying.get("details"))) for saying in written) >= 20


def test_why_a_deployment_takes_no_traffic_is_translated():
    gate = ast.parse((BACKEND / "deployments" / "parity_gate.py").read_text(encoding="utf-8"))
    problems = [given for node in ast.walk(gate) if isinstance(node, ast.Dict) and "code" in (given := literals(node))]
    codes = {given["code"] for given in problems}
    assert len(codes) == 2
    assert {f"error.{code}" for code in codes} - keys() == set()


def literals(node: ast.Dict) -> dict[str, str]:
    """Keys and values of a dictionary that are written out."""
    pairs = zip(node.keys, node.values, strict=True)
    return {key.value: word for key, value in pairs if isinstance(key, ast.Constant) for word in words(value)}


def test_every_head_and_method_is_translated():
    hyper = PRESETS[Task.TEXT_CLASSIFICATION][Preset.BEST]
    wanted = {f"head.{each.name}" for each in candidates(hyper)}
    wanted |= {f"method.{settings_of(hyper, method, seed=0).name}" for method in METHODS["auto"]}
    assert wanted - keys() == set()


def test_every_base_model_is_described():
    assert {f"baseModel.{each}" for each in BASE_MODELS} - keys() == set()


def test_every_refusal_of_a_fine_tune_has_words_for_its_field():
    refusals = [
        each for each in vars(job_errors).values() if isinstance(each, type) and issubclass(each, TuneyardError)
    ]
    codes = {each.code for each in [*refusals, UnknownBaseModel, BaseModelNotInstalled]} - {TuneyardError.code}
    assert len(codes) >= 10
    assert [code for code in codes if f"'errorCode.{code}'" not in ERRORS.read_text(encoding="utf-8")] == []
