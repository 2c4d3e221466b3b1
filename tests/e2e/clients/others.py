"""litellm and LangChain, told by OpenAI's own variables where to ask. Called as `others.py CLASSIFIER WRITER`."""

import os
import sys

# Or it asks the network for the prices of models.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
import litellm
from langchain_openai import ChatOpenAI, OpenAIEmbeddings

CLASSIFIER, WRITER = sys.argv[1:]
TEXT, ENCODER = "My card was charged twice", "all-minilm-l6-v2"

answer = litellm.completion(model=f"openai/{CLASSIFIER}", messages=[{"role": "user", "content": TEXT}])
vectors = litellm.embedding(model=f"openai/{ENCODER}", input=[TEXT])
assert len(vectors.data[0]["embedding"]) == 384
label = answer.choices[0].message.content

chat = ChatOpenAI(model=CLASSIFIER)
assert chat.invoke(TEXT).content == label
assert "".join(part.content for part in chat.stream(TEXT)) == label
# It counts tokens with a tokenizer of OpenAI's models otherwise, and sends those.
embedder = OpenAIEmbeddings(model=ENCODER, check_embedding_ctx_length=False)
assert max(abs(a - b) for a, b in zip(embedder.embed_query(TEXT), vectors.data[0]["embedding"], strict=True)) < 1e-6

wishes = {"temperature": 0, "max_tokens": 6}
asked = {"model": f"openai/{WRITER}", "messages": [{"role": "user", "content": TEXT}], **wishes}
written = litellm.completion(**asked).choices[0].message.content
assert written
parts = litellm.completion(**asked, stream=True)
assert "".join(part.choices[0].delta.content or "" for part in parts) == written
writer = ChatOpenAI(model=WRITER, **wishes)
assert writer.invoke(TEXT).content == written
assert "".join(part.content for part in writer.stream(TEXT)) == written
print(label)
