"""What the tests of serving share."""

from base_model_folders import tiny_bert
from test_serving_app import api, start, store
from tiny_writers import computer, folder, open_writer

__all__ = ["api", "computer", "folder", "open_writer", "start", "store", "tiny_bert"]
