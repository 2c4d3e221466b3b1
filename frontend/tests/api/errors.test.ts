import { describe, expect, it } from 'vitest';
import { ApiError, fieldError, isTransient } from '~/api/errors';
import { errorWords, fieldWords } from '~/components/errorWords';
import { en } from '~/i18n/en';
import { sayer } from '~/i18n/sayings';
import { translator } from '~/i18n/translate';
import { zhCN } from '~/i18n/zh-CN';
import { sayingsZhCN } from '~/i18n/zh-CN/sayings';

const english = { t: translator('en'), say: sayer('en'), language: 'en' } as const;
const chinese = {
  t: translator('zh-CN', zhCN),
  say: sayer('zh-CN', sayingsZhCN),
  language: 'zh-CN',
} as const;
const refusal = {
  error: { code: 'single_class_label', message: 'Column has one value.', type: 'x', param: 'columns.label' },
};

describe('ApiError', () => {
  it('carries the words, the code and the field of a refusal', () => {
    const error = ApiError.from(422, refusal);
    expect(error).toMatchObject({ kind: 'refused', status: 422, code: 'single_class_label' });
    expect(errorWords(error, english).detail).toBe('Column has one value.');
    expect(fieldError(error, 'columns')).toBe('Column has one value.');
    expect(fieldError(error, 'column')).toBeUndefined();
  });

  it.each([undefined, null, 'Bad Gateway', {}, { error: 'text' }, { error: { message: 7 } }])(
    'makes do with an answer in another shape: %j',
    (body) => {
      const error = ApiError.from(502, body);
      expect(error.kind).toBe('unexpected');
      expect(errorWords(error, english).sentence).toContain('restarted');
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
  it.each([english, chinese])('says every refusal as a sentence with a next step in $language', (reader) => {
    for (const status of [400, 401, 403, 404, 409, 413, 422, 429, 500, 502, 503, 504, 507]) {
      const { sentence, detail, original } = errorWords(ApiError.from(status, refusal), reader);
      expect(sentence.length, `${status}`).toBeGreaterThan(10);
      expect(sentence).not.toContain(`${status}`);
      expect(detail ?? original).toBe('Column has one value.');
    }
  });

  it('knows a code better than its status', () => {
    const error = ApiError.from(409, { error: { ...refusal.error, code: 'name_taken' } });
    expect(errorWords(error, chinese).sentence).toBe('此名称已被使用。请换一个。');
    const unknown = ApiError.from(409, { error: { ...refusal.error, code: 'brand_new' } });
    expect(errorWords(unknown, english).sentence).toBe(en['errorStatus.409']);
  });

  it('says at a field what is wrong with it in the reader’s language', () => {
    const error = ApiError.from(422, {
      error: { ...refusal.error, code: 'wrong_password', param: 'password' },
    });
    expect(fieldWords(error, 'password', chinese)).toBe('当前密码不正确。请重新输入。');
    expect(fieldWords(error, 'password', english)).toBe('Column has one value.');
    expect(fieldWords(error, 'email', english)).toBeUndefined();
  });

  it('says the place in Chinese where the server tells it apart from its language', () => {
    const saying = { code: 'single_class_label', details: { column: 'label', value: 'spam' } };
    const error = ApiError.from(422, { error: { ...refusal.error, saying } });
    const words = '“label”这一列的可用行中只有一个值：“spam”。请选择另一列作为标签，或增加第二个类别的行。';
    expect(errorWords(error, chinese)).toMatchObject({ detail: words, original: null });
    expect(fieldWords(error, 'columns.label', chinese)).toBe(words);
    expect(errorWords(error, english).detail).toBe('Column has one value.');
    const unknown = ApiError.from(422, {
      error: { ...refusal.error, saying: { code: 'brand_new', details: {} } },
    });
    expect(errorWords(unknown, chinese)).toMatchObject({ detail: null, original: 'Column has one value.' });
  });

  it('tells a status that has no words of its own', () => {
    expect(errorWords(ApiError.from(418, undefined), english).sentence).toContain('418');
  });
});
