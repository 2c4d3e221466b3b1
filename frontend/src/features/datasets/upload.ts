import { CSRF_HEADERS } from '~/api/client';
import { ApiError } from '~/api/errors';
import type { Dataset } from '~/api/types';

export interface Sent {
  bytes: number;
  total: number;
}

/**
 * Sends a file as a new dataset, or as the next version of one. XMLHttpRequest, because fetch does not tell how much has
 * been sent.
 */
export function uploadFile(
  file: File,
  onProgress: (sent: Sent) => void,
  datasetId?: string,
): Promise<Dataset> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const datasets = '/api/v1/datasets';
    request.open('POST', datasetId ? `${datasets}/${encodeURIComponent(datasetId)}/versions` : datasets);
    for (const [name, value] of Object.entries(CSRF_HEADERS)) request.setRequestHeader(name, value);
    request.responseType = 'json';
    // The form around the file counts a little too.
    request.upload.onprogress = ({ loaded, total }) =>
      onProgress({ bytes: Math.round((loaded / Math.max(total, 1)) * file.size), total: file.size });
    request.onerror = () => reject(ApiError.unreachable());
    request.onload = () => {
      if (request.status === 202) resolve(request.response as Dataset);
      else reject(ApiError.from(request.status, request.response));
    };
    const form = new FormData();
    form.append('file', file);
    request.send(form);
  });
}
