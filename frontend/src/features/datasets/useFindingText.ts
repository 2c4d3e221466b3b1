import type { Finding } from '~/api/types';
import { useI18n } from '~/i18n/I18nProvider';

/** What a finding says, in the reader's language. */
export function useFindingText() {
  const { say } = useI18n();
  const details = ({ column, count, details }: Finding) => ({ column: column ?? '', count, ...details });
  return {
    message: (finding: Finding) => say(`finding.${finding.code}`, finding.message, details(finding)),
    hint: (finding: Finding) =>
      finding.hint ? say(`finding.${finding.code}.hint`, finding.hint, details(finding)) : null,
  };
}
