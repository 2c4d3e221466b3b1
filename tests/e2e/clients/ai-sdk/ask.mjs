// The Vercel AI SDK on the same addresses. Called as `ask.mjs BASE_URL KEY CLASSIFIER WRITER`.
import assert from 'node:assert';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { embedMany, generateText, streamText } from 'ai';

const [baseURL, apiKey, classifier, writer] = process.argv.slice(2);
const tuneyard = createOpenAICompatible({ name: 'tuneyard', baseURL, apiKey });
const prompt = 'My card was charged twice';

const { text } = await generateText({ model: tuneyard(classifier), prompt });
assert.equal(await streamed({ model: tuneyard(classifier), prompt }), text);
const wishes = { model: tuneyard(writer), prompt, temperature: 0, maxOutputTokens: 6 };
const written = await streamed(wishes);
assert.notEqual(written, '');
assert.equal((await generateText(wishes)).text, written);

const model = tuneyard.textEmbeddingModel('all-minilm-l6-v2');
const { embeddings } = await embedMany({ model, values: [prompt, 'The weather is fine'] });
assert.deepEqual(embeddings.map((vector) => vector.length), [384, 384]);
console.log(text);

async function streamed(request) {
  let text = '';
  for await (const part of streamText(request).textStream) text += part;
  return text;
}
