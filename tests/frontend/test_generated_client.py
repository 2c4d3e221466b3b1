"""The client of the web UI is made from the API as it is now."""

import json
import subprocess
from pathlib import Path

FRONTEND = Path(__file__).parents[2] / "frontend"


def test_openapi_file_is_fresh(tmp_path):
    fresh = tmp_path / "openapi.json"
    subprocess.run([FRONTEND / "openapi.sh", fresh], check=True, timeout=120)
    written = json.loads((FRONTEND / "openapi.json").read_text())
    assert json.loads(fresh.read_text()) == written, "The API has changed: run `npm run generate` in frontend/."
