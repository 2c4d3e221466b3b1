import { Autocomplete, NativeSelect, NumberInput, SimpleGrid, TextInput } from '@mantine/core';
import { useI18n } from '~/i18n/I18nProvider';
import type { Reading } from './readings';

const ENCODINGS = ['utf-8', 'gb18030', 'big5', 'shift_jis', 'euc-kr', 'utf-16', 'windows-1252', 'latin-1'];
const DELIMITERS = [',', ';', '|'];
const NO_QUOTE = 'none';

interface Props {
  reading: Reading;
  /** Whether the file may have sheets. */
  excel: boolean;
  onChange: (reading: Reading) => void;
}

/** The options of a reading; what is left open is found out. */
export function ReadingFields({ reading, excel, onChange }: Props) {
  const { t } = useI18n();
  const open = { value: '', label: t('reading.find') };
  const change = <Name extends keyof Reading>(name: Name, value: Reading[Name] | undefined) => {
    const { [name]: _, ...rest } = reading;
    onChange(value === undefined ? rest : { ...rest, [name]: value });
  };
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="md">
      <NativeSelect
        label={t('reading.header')}
        value={reading.header === undefined ? '' : String(reading.header)}
        data={[
          open,
          { value: 'true', label: t('question.header') },
          { value: 'false', label: t('question.noHeader') },
        ]}
        onChange={({ currentTarget: { value } }) =>
          change('header', value === '' ? undefined : value === 'true')
        }
      />
      <NativeSelect
        label={t('reading.delimiter')}
        value={reading.delimiter ?? ''}
        data={[
          open,
          ...DELIMITERS.map((value) => ({ value, label: value })),
          { value: '\t', label: t('reading.tab') },
        ]}
        onChange={({ currentTarget: { value } }) => change('delimiter', value || undefined)}
      />
      <Autocomplete
        label={t('reading.encoding')}
        placeholder={open.label}
        data={ENCODINGS}
        value={reading.encoding ?? ''}
        onChange={(value) => change('encoding', value || undefined)}
      />
      <NumberInput
        label={t('reading.skipLines')}
        placeholder={open.label}
        min={0}
        max={100_000}
        allowDecimal={false}
        value={reading.skip_lines ?? ''}
        onChange={(value) => change('skip_lines', value === '' ? undefined : Number(value))}
      />
      <NativeSelect
        label={t('reading.quote')}
        value={reading.quote === '' ? NO_QUOTE : (reading.quote ?? '')}
        data={[
          open,
          ...['"', "'"].map((value) => ({ value, label: value })),
          { value: NO_QUOTE, label: t('reading.noQuote') },
        ]}
        onChange={({ currentTarget: { value } }) =>
          change('quote', value === '' ? undefined : value === NO_QUOTE ? '' : value)
        }
      />
      {excel && (
        <TextInput
          label={t('reading.sheet')}
          placeholder={t('reading.firstSheet')}
          value={reading.sheet ?? ''}
          onChange={({ currentTarget: { value } }) => change('sheet', value || undefined)}
        />
      )}
    </SimpleGrid>
  );
}
