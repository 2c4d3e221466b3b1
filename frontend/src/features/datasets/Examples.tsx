import { Text } from '@mantine/core';
import { useI18n } from '~/i18n/I18nProvider';
import classes from './ColumnCard.module.css';

const SHOWN = 3;

/** Some cells of a column whose values don't repeat. */
export function Examples({ examples }: { examples: string[] }) {
  const { t } = useI18n();
  return (
    <div>
      <Text fz="xs" c="dimmed">
        {t('datasets.examples')}
      </Text>
      <ul className={classes.values}>
        {examples.slice(0, SHOWN).map((example) => (
          <li key={example} className={classes.example}>
            {example}
          </li>
        ))}
      </ul>
    </div>
  );
}
