import { Box, Button } from '@mantine/core';
import { ErrorNote } from '~/components/ErrorNote';
import { useI18n } from '~/i18n/I18nProvider';
import { goToFault, unplaced } from './placedErrors';

interface Props {
  error: unknown;
  /** The fields that are on the screen. */
  shown: string[];
  /** Those that are there once Advanced is open. */
  behind: string[];
  onOpen: () => void;
}

/** A refusal whose field is not on the screen, with the way there if there is one. */
export function Refusal({ error, shown, behind, onOpen }: Props) {
  const { t } = useI18n();
  const lost = unplaced(error, shown);
  if (!lost) return null;
  const open = () => {
    onOpen();
    requestAnimationFrame(goToFault);
  };
  return (
    <Box mb="lg">
      <ErrorNote error={lost}>
        {unplaced(lost, behind) === null && (
          <Button size="xs" variant="default" onClick={open}>
            {t('advanced.showFault')}
          </Button>
        )}
      </ErrorNote>
    </Box>
  );
}
