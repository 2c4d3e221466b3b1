// The Vercel AI SDK on the same addresses. Called as `ask.mjs BASE_URL KEY CLASSIFIER`.
import assert from 'node:assert';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { embedMany, generateText, streamText } from 'ai';

const [baseURL, apiKey, classifier] = process.argv.slice(2);
const tuneyard = createOpenAICompatible({ name: 'tuneyard', baseURL, apiKey });
const prompt = 'My card was charged twice';

const { text } = await generateText({ model: tuneyard(classifier), prompt });
let streamed = '';
for await (const part of streamText({ model: tuneyard(classifier), prompt }).textStream) streamed += part;
assert.equal(streamed, text);

const model = tuneyard.textEmbeddingModel('all-minilm-l6-v2');
const { embeddings } = await embedMany({ model, values: [prompt, 'The weather is fine'] });
assert.deepEqual(embeddings.map((vector) => vector.length), [384, 384]);
console.log(text);
