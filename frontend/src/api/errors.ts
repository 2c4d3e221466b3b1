export type ErrorKind = 'refused' | 'unreachable' | 'unexpected';

/** What a message says, apart from its language. */
interface Saying {
  code: string;
  details: Record<string, string | number | string[] | number[]>;
}

/** A refusal in the API's one shape: what happened and what to do next, and the field at fault. */
export class ApiError extends Error {
  readonly kind: ErrorKind;
  readonly status: number;
  readonly code: string;
  readonly param: string | null;
  readonly saying: Saying | null;

  constructor(
    kind: ErrorKind,
    status: number,
    code: string,
    message: string,
    param: string | null = null,
    saying: Saying | null = null,
  ) {
    super(message);
    this.name = 'ApiError';
    this.kind = kind;
    this.status = status;
    this.code = code;
    this.param = param;
    this.saying = saying;
  }

  static from(status: number, body: unknown): ApiError {
    const error = (body as { error?: Record<string, unknown> } | undefined)?.error;
    if (typeof error?.message !== 'string') return new ApiError('unexpected', status, 'unexpected', '');
    const param = typeof error.param === 'string' ? error.param : null;
    const saying = (error.saying as Saying | null | undefined) ?? null;
    return new ApiError('refused', status, String(error.code), error.message, param, saying);
  }

  static unreachable(): ApiError {
    return new ApiError('unreachable', 0, 'unreachable', '');
  }
}

/** Whether asking again, without any change, may help. */
export function isTransient(error: unknown): boolean {
  return error instanceof ApiError && (error.kind === 'unreachable' || error.status >= 502);
}

/** The message for a form field, if the API named that field as the one at fault. */
export function fieldError(error: unknown, field: string): string | undefined {
  if (!(error instanceof ApiError) || error.param === null) return undefined;
  return error.param === field || error.param.startsWith(`${field}.`) ? error.message : undefined;
}
