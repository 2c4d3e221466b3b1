"""How `transformers` lays out the encoders that can be taught; they all share the layers of BERT."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Layout:
    """How `transformers` lays out a sequence classifier around an encoder with the layers of BERT."""

    classifier_class: str
    prefix: str
    """Of the encoder's weights inside the classifier."""
    dense: str
    """Name of the head's tanh layer inside the classifier."""
    classifier: str
    """Name of the head's last layer inside the classifier."""
    positions_after_padding: bool = False
    """Positions count from the padding id plus one, instead of from 0."""


LAYOUTS: dict[str, Layout] = {
    "bert": Layout(
        classifier_class="BertForSequenceClassification",
        prefix="bert.",
        dense="bert.pooler.dense",
        classifier="classifier",
    ),
    "roberta": Layout(
        classifier_class="RobertaForSequenceClassification",
        prefix="roberta.",
        dense="classifier.dense",
        classifier="classifier.out_proj",
        positions_after_padding=True,
    ),
    "xlm-roberta": Layout(
        classifier_class="XLMRobertaForSequenceClassification",
        prefix="roberta.",
        dense="classifier.dense",
        classifier="classifier.out_proj",
        positions_after_padding=True,
    ),
}
"""By `model_type`."""
