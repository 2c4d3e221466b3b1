"""What the tests of serving share."""

from base_model_folders import tiny_bert
from test_serving_app import api, start, store

__all__ = ["api", "start", "store", "tiny_bert"]
