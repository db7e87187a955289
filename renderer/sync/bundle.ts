/** A bundle to the service: a large file, of which a person wants to see how much has left. */
import { ServiceError } from '../../domain/sync/service-error.ts';
import { BUNDLE_HEADERS } from '../../domain/sync/wire.ts';
import { type Http, refusal, strangerIn, UNREACHABLE } from './http.ts';

export interface BundleOptions {
  readonly passphrase: string | null;
  /** User name of whoever the orders of a device become that never enrolled. */
  readonly owner: string | null;
  /** Hears how many bytes have left. */
  progress(sent: number): void;
}

/** `fetch` does not say how much of a large file has left. @throws {ServiceError} */
export const sendBundle = (
  { origin, headers }: Http,
  file: Blob,
  { passphrase, owner, progress }: BundleOptions,
): Promise<Response> =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', new URL('/bundles', origin));
    const all = {
      ...headers,
      'Content-Type': 'application/octet-stream',
      ...(passphrase ? { [BUNDLE_HEADERS.passphrase]: encodeURIComponent(passphrase) } : {}),
      ...(owner ? { [BUNDLE_HEADERS.owner]: encodeURIComponent(owner) } : {}),
    };
    for (const [name, value] of Object.entries(all)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => progress(loaded);
    request.onload = () => {
      const { status, responseText } = request;
      const get = (name: string) => request.getResponseHeader(name);
      const stranger = strangerIn({ status, type: 'default', headers: { get } });
      if (stranger) reject(stranger);
      else if (status >= 200 && status < 300) resolve(new Response(responseText, { status }));
      else reject(refusal(status, responseText, get('retry-after')));
    };
    request.onerror = () => reject(new ServiceError('unreachable', 'unreachable', UNREACHABLE));
    request.send(file);
  });
