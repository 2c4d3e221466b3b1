import { Badge, Group, Radio, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconDownload } from '@tabler/icons-react';
import type { BaseModel } from '~/api/types';
import { useI18n } from '~/i18n/I18nProvider';
import classes from './ChoiceCard.module.css';

interface Props {
  model: BaseModel;
  suggested: boolean;
}

/**
 * A base model: size, languages, licence, whether a worker has room for it, and whether it has to be fetched first.
 * One that is too large can be chosen still: what it needs depends on the settings, and the estimate knows them.
 */
export function BaseModelCard({ model, suggested }: Props) {
  return (
    <Radio.Card value={model.id} className={classes.card} aria-label={model.name}>
      <Group wrap="nowrap" align="flex-start" gap="sm">
        <Radio.Indicator mt={2} />
        <Facts model={model} suggested={suggested} />
      </Group>
    </Radio.Card>
  );
}

function Facts({ model, suggested }: Props) {
  const { t, say, format, language } = useI18n();
  const { code, message, details } = model.fits_reason;
  const names = new Intl.DisplayNames(language, { type: 'language' });
  const languages = model.languages.map((code) =>
    code === 'multilingual' ? t('baseModel.multilingual') : (names.of(code) ?? code),
  );
  const facts = [
    model.parameters > 0 && t('baseModel.parameters', { millions: format.number(model.parameters / 1e6) }),
    format.bytes(model.bytes),
    languages.join(', '),
    model.licence,
  ];
  return (
    <Stack gap={4} style={{ minWidth: 0 }}>
      <Group gap="xs">
        <Text fz="sm" fw={600}>
          {model.name}
        </Text>
        {suggested && <Badge>{t('baseModel.suggested')}</Badge>}
        {model.unmeasured && <Badge color="gray">{t('baseModel.unmeasured')}</Badge>}
      </Group>
      <Text fz="sm" className={classes.facts}>
        {facts.filter(Boolean).join(' · ')}
      </Text>
      <Text fz="sm" c="dimmed">
        {say(
          `baseModel.${model.id}`,
          say('baseModelOrigin.imported', model.description, { source: model.source }),
        )}
      </Text>
      <Group gap={6} wrap="nowrap" align="flex-start">
        {model.fits ? (
          <IconCheck size={16} color="var(--mantine-primary-color-filled)" aria-hidden="true" />
        ) : (
          <IconAlertTriangle size={16} color="var(--ty-warning)" aria-hidden="true" />
        )}
        <Text fz="sm" style={{ flex: 1 }}>
          {model.fits ? t('baseModel.fits') : t('baseModel.tooLarge')}{' '}
          <Text span inherit c="dimmed">
            {say(`fit.${code}`, message, details)}
          </Text>
        </Text>
      </Group>
      {!model.installed && (
        <Group gap={6} wrap="nowrap" align="flex-start">
          <IconDownload size={16} color="var(--mantine-color-dimmed)" aria-hidden="true" />
          <Text fz="sm" style={{ flex: 1 }}>
            {t('baseModel.fetchedFirst', { size: format.bytes(model.download_bytes) })}
          </Text>
        </Group>
      )}
    </Stack>
  );
}
