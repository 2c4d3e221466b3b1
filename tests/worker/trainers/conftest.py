"""Fixtures of the trainers' tests."""

from base_model_folders import minilm, tiny_bert, tiny_roberta  # noqa: F401 - fixtures
from chat_jobs import make_chat_job, tiny_llama  # noqa: F401 - fixtures
from fine_tune_jobs import make_job  # noqa: F401 - fixture
