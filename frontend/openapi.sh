#!/usr/bin/env bash
# Writes openapi.json, from which `npm run generate` makes the types of the client. Nothing is connected to.
set -euo pipefail
cd "$(dirname "$0")"

TUNEYARD_SECRET=$(printf 'x%.0s' {1..32}) TUNEYARD_SERVICE_TOKEN=$(printf 'x%.0s' {1..32}) \
    TUNEYARD_DATABASE_URL=postgresql://unused/unused TUNEYARD_REDIS_URL=redis://unused \
    ../.venv/bin/python - "${1:-openapi.json}" <<'PYTHON'
import json
import sys
from pathlib import Path

from tuneyard.app import create_app
from tuneyard.kit.config import Settings

schema = create_app(Settings()).openapi()
schema["paths"] = {path: routes for path, routes in schema["paths"].items() if path.startswith("/api/")}
Path(sys.argv[1]).write_text(json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
PYTHON
