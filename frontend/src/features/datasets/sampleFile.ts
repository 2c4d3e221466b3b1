import { ApiError } from '~/api/errors';
import sampleUrl from '../../../../examples/support-tickets.csv?url';

/** The sample spreadsheet that comes with the web UI, as if somebody had chosen it. */
export async function sampleFile(): Promise<File> {
  const answer = await fetch(sampleUrl).catch(() => {
    throw ApiError.unreachable();
  });
  if (!answer.ok) throw ApiError.from(answer.status, undefined);
  return new File([await answer.blob()], 'support-tickets.csv', { type: 'text/csv' });
}
