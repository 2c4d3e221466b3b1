import { Button, Menu } from '@mantine/core';
import { IconCheck, IconCode } from '@tabler/icons-react';
import { useCopy } from '~/components/useCopy';
import { useI18n } from '~/i18n/I18nProvider';
import { CHAT_CODE, type ChatCall } from './chatCode';

const OFFERED = ['curl', 'openai', 'javascript'] as const;

/** Copies code that asks exactly what is on the screen. */
export function CopyCode({ call, name }: { call: ChatCall; name: string }) {
  const { t } = useI18n();
  const { copy, copied } = useCopy();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          size="compact-xs"
          variant="subtle"
          flex="none"
          leftSection={copied ? <IconCheck size={14} /> : <IconCode size={14} />}
          aria-label={t('chat.copyAs', { name })}
        >
          {copied ? t('common.copied') : t('chat.copyCode')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {OFFERED.map((language) => (
          <Menu.Item key={language} onClick={() => copy(CHAT_CODE[language](call))}>
            {t(`chatCode.${language}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
