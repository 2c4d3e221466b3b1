import { Text } from '@mantine/core';
import { useI18n } from '~/i18n/I18nProvider';
import classes from './LessonText.module.css';
import { type Lesson, learnedOf, runsOf } from './lessonRuns';

/** One sequence as the model reads it; what it learns is marked by colour and underlined. */
export function LessonText({ lesson, tokens }: { lesson: Lesson; tokens: boolean }) {
  const { t } = useI18n();
  return (
    <div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard scrolls only what it can reach. */}
      <section className={classes.text} tabIndex={0} aria-label={t('lesson.text')}>
        {runsOf(lesson, tokens).map(({ start, text, learned, odd }) =>
          learned ? (
            <mark key={start} className={classes.learned} data-odd={odd}>
              {text}
            </mark>
          ) : (
            <span key={start} data-odd={odd} className={tokens ? classes.token : undefined}>
              {text}
            </span>
          ),
        )}
        {lesson.rest && <s className={classes.rest}>{lesson.rest}</s>}
      </section>
      <Text fz="xs" c="dimmed" mt={4}>
        <span className={classes.sample} aria-hidden="true" />
        {t(lesson.rejected ? 'lesson.countsRejected' : 'lesson.counts', {
          total: lesson.total,
          learned: learnedOf(lesson),
        })}
      </Text>
    </div>
  );
}
