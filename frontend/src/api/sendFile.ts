import { CSRF_HEADERS } from './client';
import { ApiError } from './errors';

/** Posts a form with a file in it. XMLHttpRequest, because fetch does not tell how much has been sent. */
export function sendFile<Answer>(
  path: string,
  form: FormData,
  onProgress: (fraction: number) => void,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', path);
    for (const [name, value] of Object.entries(CSRF_HEADERS)) request.setRequestHeader(name, value);
    request.responseType = 'json';
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    request.onerror = () => reject(ApiError.unreachable());
    request.onload = () => {
      if (request.status < 300) resolve(request.response as Answer);
      else reject(ApiError.from(request.status, request.response));
    };
    request.send(form);
  });
}
