"""A health check for containers without curl: `python -m tuneyard.commands.probe URL [PART]`."""

import sys

import httpx


def healthy(url: str, part: str | None = None) -> bool:
    """Whether `url` answers 200, or, with a part of /readyz named, whether that part is ready."""
    try:
        response = httpx.get(url, timeout=4, trust_env=False)
        if part is None:
            return response.status_code == 200
        return bool(response.json()["parts"][part]["ready"])
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return False


if __name__ == "__main__":
    sys.exit(0 if healthy(*sys.argv[1:]) else 1)
