import { ActionIcon, Menu } from '@mantine/core';
import { IconDots, IconTrash } from '@tabler/icons-react';
import { useI18n } from '~/i18n/I18nProvider';

interface Props {
  onDelete: () => void;
}

/** What else can be done with a model. */
export function ModelMenu({ onDelete }: Props) {
  const { t } = useI18n();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label={t('model.more')}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item color="red" leftSection={<IconTrash size={14} aria-hidden="true" />} onClick={onDelete}>
          {t('model.delete')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
