import type { Deployment } from '~/api/types';

type Callable = Pick<Deployment, 'urls'>;

/** A curl line that works in a shell once TUNEYARD_API_KEY is set. */
export function curlExample({ urls }: Callable, text: string): string {
  const body = JSON.stringify({ inputs: [text] }).replaceAll("'", "'\\''");
  return [
    `curl ${urls.predict} \\`,
    '  -H "Authorization: Bearer $TUNEYARD_API_KEY" \\',
    '  -H "Content-Type: application/json" \\',
    `  -d '${body}'`,
  ].join('\n');
}

/** The same with Python's huggingface_hub. */
export function huggingFaceExample({ urls }: Callable, text: string): string {
  return [
    'import os',
    'from huggingface_hub import InferenceClient',
    '',
    `client = InferenceClient("${urls.huggingface}", api_key=os.environ["TUNEYARD_API_KEY"])`,
    `print(client.text_classification(${JSON.stringify(text)}))`,
  ].join('\n');
}
