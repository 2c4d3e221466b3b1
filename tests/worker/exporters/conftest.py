"""Base models for the exporters."""

from base_model_folders import minilm, tiny_bert, tiny_roberta  # noqa: F401 - fixtures
