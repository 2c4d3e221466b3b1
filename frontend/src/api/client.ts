import createClient from 'openapi-fetch';
import { ApiError } from './errors';
import type { paths } from './schema.gen';

/** Says that a write comes from our own page; the server refuses a cookie's write without it. */
export const CSRF_HEADERS = { 'x-tuneyard-csrf': '1' };

export const api = createClient<paths>({
  baseUrl: window.location.origin,
  headers: CSRF_HEADERS,
  fetch: (request) => fetch(request),
});

interface Answer<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** The data of an answer; throws ApiError for every refusal and when the server can't be reached. */
export async function unwrap<Data>(request: Promise<Answer<Data>>): Promise<Data> {
  const answer = await request.catch(() => {
    throw ApiError.unreachable();
  });
  if (!answer.response.ok) throw ApiError.from(answer.response.status, answer.error);
  return answer.data as Data;
}
