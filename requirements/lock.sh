#!/usr/bin/env bash
# Writes the locks from pyproject.toml. Needs uv; run it after a change of dependencies.
# api.lock: the backend alone with S3, and what installs it. main.lock: everything but torch. torch.lock: torch of PyPI with its CUDA libraries,
# several gigabytes on Linux. torch-cpu.lock is kept by hand: the CPU build is not on PyPI, and its index gives a
# compiler no hashes.
set -euo pipefail
cd "$(dirname "$0")"
compile() {
    uv pip compile --quiet --no-header --no-annotate --universal --python-version 3.11 --generate-hashes ../pyproject.toml "$@"
}
compile --extra build --extra s3 -o api.lock
cat main.lock torch.lock > all.lock # what is pinned stays as it is
compile --extra build --extra s3 --extra worker --extra dev -o all.lock
python3 - <<'PY'
import pathlib, re

blocks = re.split(r"(?m)^(?=[a-z0-9])", pathlib.Path("all.lock").read_text())
gpu = re.compile(r"^(torch==|nvidia-|cuda-|triton)")
for name, wanted in (("main", False), ("torch", True)):
    found = [block for block in blocks if block and bool(gpu.match(block)) is wanted]
    pathlib.Path(f"{name}.lock").write_text("".join(found))
PY
rm all.lock
# clients/: what tests/e2e tries the OpenAI API with, each in an environment of its own.
compile_client() {
    printf '%s\n' "${@:2}" | uv pip compile --quiet --no-header --no-annotate --universal --python-version 3.11 \
        --generate-hashes - -o "clients/$1.lock"
}
compile_client openai-1 'openai>=1,<2'
compile_client openai-2 'openai>=2,<3'
compile_client others litellm langchain-openai
