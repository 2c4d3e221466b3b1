import { describe, expect, it } from 'vitest';
import { ApiError, fieldError, isTransient } from '~/api/errors';
import { errorWords, fieldWords } from '~/components/errorWords';
import { en } from '~/i18n/en';
import { translator } from '~/i18n/translate';
import { zhCN } from '~/i18n/zh-CN';

const t = translator('en');
const chinese = translator('zh-CN', zhCN);
const refusal = {
  error: { code: 'single_class_label', message: 'Column has one value.', type: 'x', param: 'columns.label' },
};

describe('ApiError', () => {
  it('carries the words, the code and the field of a refusal', () => {
    const error = ApiError.from(422, refusal);
    expect(error).toMatchObject({ kind: 'refused', status: 422, code: 'single_class_label' });
    expect(errorWords(error, t).detail).toBe('Column has one value.');
    expect(fieldError(error, 'columns')).toBe('Column has one value.');
    expect(fieldError(error, 'column')).toBeUndefined();
  });

  it.each([undefined, null, 'Bad Gateway', {}, { error: 'text' }, { error: { message: 7 } }])(
    'makes do with an answer in another shape: %j',
    (body) => {
      const error = ApiError.from(502, body);
      expect(error.kind).toBe('unexpected');
      expect(errorWords(error, t).sentence).toContain('restarted');
    },
  );

  it('is worth another try only where that may help', () => {
    expect(isTransient(ApiError.unreachable())).toBe(true);
    expect(isTransient(ApiError.from(503, refusal))).toBe(true);
    expect(isTransient(ApiError.from(422, refusal))).toBe(false);
    expect(isTransient(new TypeError('bug'))).toBe(false);
  });
});

describe('errorWords', () => {
  it.each([
    ['en', t],
    ['zh-CN', chinese],
  ])('says every refusal as a sentence with a next step in %s', (_language, t) => {
    for (const status of [400, 401, 403, 404, 409, 413, 422, 429, 500, 502, 503, 504, 507]) {
      const { sentence, detail } = errorWords(ApiError.from(status, refusal), t);
      expect(sentence.length, `${status}`).toBeGreaterThan(10);
      expect(sentence).not.toContain(`${status}`);
      expect(detail).toBe('Column has one value.');
    }
  });

  it('knows a code better than its status', () => {
    const error = ApiError.from(409, { error: { ...refusal.error, code: 'name_taken' } });
    expect(errorWords(error, chinese).sentence).toBe('此名称已被使用。请换一个。');
    const unknown = ApiError.from(409, { error: { ...refusal.error, code: 'brand_new' } });
    expect(errorWords(unknown, t).sentence).toBe(en['errorStatus.409']);
  });

  it('says at a field what is wrong with it in the reader’s language', () => {
    const error = ApiError.from(422, {
      error: { ...refusal.error, code: 'wrong_password', param: 'password' },
    });
    expect(fieldWords(error, 'password', chinese, 'zh-CN')).toBe('当前密码不正确。请重新输入。');
    expect(fieldWords(error, 'password', t, 'en')).toBe('Column has one value.');
    expect(fieldWords(error, 'email', t, 'en')).toBeUndefined();
  });

  it('tells a status that has no words of its own', () => {
    expect(errorWords(ApiError.from(418, undefined), t).sentence).toContain('418');
  });
});
