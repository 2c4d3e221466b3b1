import { describe, expect, it } from 'vitest';
import { ApiError, fieldError, isTransient } from '~/api/errors';
import { errorMessage } from '~/components/ErrorNote';
import { translator } from '~/i18n/translate';

const t = translator('en');
const refusal = {
  error: { code: 'single_class_label', message: 'Column has one value.', type: 'x', param: 'columns.label' },
};

describe('ApiError', () => {
  it('carries the words, the code and the field of a refusal', () => {
    const error = ApiError.from(422, refusal);
    expect(error).toMatchObject({ kind: 'refused', status: 422, code: 'single_class_label' });
    expect(errorMessage(error, t)).toBe('Column has one value.');
    expect(fieldError(error, 'columns')).toBe('Column has one value.');
    expect(fieldError(error, 'column')).toBeUndefined();
  });

  it.each([undefined, null, 'Bad Gateway', {}, { error: 'text' }, { error: { message: 7 } }])(
    'makes do with an answer in another shape: %j',
    (body) => {
      const error = ApiError.from(502, body);
      expect(error.kind).toBe('unexpected');
      expect(errorMessage(error, t)).toContain('502');
    },
  );

  it('is worth another try only where that may help', () => {
    expect(isTransient(ApiError.unreachable())).toBe(true);
    expect(isTransient(ApiError.from(503, refusal))).toBe(true);
    expect(isTransient(ApiError.from(422, refusal))).toBe(false);
    expect(isTransient(new TypeError('bug'))).toBe(false);
  });
});
