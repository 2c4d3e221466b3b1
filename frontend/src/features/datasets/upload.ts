import { CSRF_HEADERS } from '~/api/client';
import { ApiError } from '~/api/errors';
import type { Dataset } from '~/api/types';

/** Sends a file as a new dataset. XMLHttpRequest, because fetch does not tell how much has been sent. */
export function uploadDataset(file: File, onProgress: (fraction: number) => void): Promise<Dataset> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', '/api/v1/datasets');
    for (const [name, value] of Object.entries(CSRF_HEADERS)) request.setRequestHeader(name, value);
    request.responseType = 'json';
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
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
