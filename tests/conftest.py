"""Fixtures for every test."""

import os

# Before anything is loaded that computes: tests run side by side, and threads that wait for work keep a core busy.
os.environ["OMP_NUM_THREADS"] = "1"

pytest_plugins = ["servers"]
