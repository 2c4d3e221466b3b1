"""Both images and the whole compose file by hand: every step and command as it is written, then the main job."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from containers import PYTHON, build
from dockerfiles import ROOT
from pod import Pod, bound

from debian_servers import needs_debian_servers


def may_unshare() -> bool:
    return os.geteuid() == 0 and subprocess.run(["unshare", "-mn", "true"], check=False).returncode == 0


pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(3600),
    needs_debian_servers,
    pytest.mark.skipif(not may_unshare(), reason="needs root and namespaces"),
    pytest.mark.skipif(not Path(PYTHON).exists(), reason=f"needs {PYTHON}"),
    pytest.mark.skipif(shutil.which("npm") is None, reason="needs Node.js"),
]


@pytest.fixture
def folder():
    folder = Path(tempfile.mkdtemp(prefix="tuneyard-images-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_the_main_job_through_the_containers(folder):
    volume = folder / "volume"
    volume.mkdir()
    images = {
        f"tuneyard-{name}": bound(build(ROOT / "deploy" / f"Dockerfile.{name}", folder, folder / "build.log"), volume)
        for name in ("api", "worker")
    }
    pod = Pod(folder, images)
    shutil.copy(ROOT / "examples" / "support-tickets.csv", images["tuneyard-api"].root / "tmp")
    with pod.up():
        page = pod.execute("worker-data", "python", "-c", "import httpx; print(httpx.get('http://api:8321/').text)")
        assert '<div id="root">' in page.stdout
        key = pod.execute("api", "tuneyard", "key", "create").stdout.strip()
        tune = ("tuneyard", "tune", "/tmp/support-tickets.csv", "--deploy", "support")
        tuned = pod.execute("api", *tune, TUNEYARD_API_KEY=key)
        assert tuned.returncode == 0, tuned.stdout + tuned.stderr + pod.log("worker-train")
        answer = pod.execute("api", "tuneyard", "predict", "support", "My card was charged twice", TUNEYARD_API_KEY=key)
        assert "billing" in answer.stdout
