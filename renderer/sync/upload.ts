/** Attachments to the service, by tus: in parts, from where the last attempt was cut. */
import { DetailedError, Upload } from 'tus-js-client';
import { ServiceError } from '../../domain/sync/service-error.ts';
import { RECEIPT_HEADER } from '../../domain/sync/uploads.ts';
import type { AttachmentReceipt } from '../../domain/sync/wire.ts';
import { type Http, refusal, strangerIn } from './http.ts';

/** Bytes of a part. Proxies that gather requests lose what they had of one that is cut. */
const PART = 256 * 1024;
/** How long without a byte on its way before a line counts as dead, ms. */
const SILENCE = 60_000;

const UNREACHABLE = '连不上同步服务。内容都已存在本机，网络恢复后会从中断处接着上传。';

/**
 * @param progress told how many of the bytes have arrived or are on their way
 * @throws {ServiceError} the same attempt made again goes on from where it was
 */
export const uploadAttachment = (
  { origin, headers, signal }: Http,
  { sha256, order, bytes }: { sha256: string; order: string; bytes: Uint8Array },
  progress: (sent: number) => void,
): Promise<AttachmentReceipt> =>
  new Promise((resolve, reject) => {
    let patience: ReturnType<typeof setTimeout>;
    const end = (settle: () => void) => {
      clearTimeout(patience);
      signal.removeEventListener('abort', cut);
      settle();
    };
    const cut = () => {
      upload.abort().catch(() => undefined);
      end(() => reject(new ServiceError('unreachable', 'unreachable', UNREACHABLE)));
    };
    const wait = () => {
      clearTimeout(patience);
      patience = setTimeout(cut, SILENCE);
    };
    const url = new URL(`/uploads/${sha256}?order=${order}`, origin).href;
    const upload = new Upload(new Blob([new Uint8Array(bytes)]), {
      endpoint: url,
      uploadUrl: url,
      headers,
      chunkSize: PART,
      uploadDataDuringCreation: true,
      storeFingerprintForResuming: false,
      // The sync loop decides when to try again, and the service knows how far this one came.
      retryDelays: null,
      onProgress: (sent) => {
        wait();
        progress(sent);
      },
      onSuccess: ({ lastResponse }) =>
        end(() => {
          if (lastResponse.getHeader(RECEIPT_HEADER) === sha256) {
            resolve({ sha256, size: bytes.length });
          } else reject(new ServiceError('unreachable', 'sign-in-page', UNREACHABLE));
        }),
      onError: (error) => end(() => reject(serviceErrorOf(error))),
    });
    signal.addEventListener('abort', cut);
    wait();
    if (signal.aborted) cut();
    else upload.start();
  });

/** The service's codes that say only that an attempt has to begin anew. */
const AGAIN = ['unknown-attachment', 'upload-again'];

function serviceErrorOf(error: Error | DetailedError): ServiceError {
  const answer = error instanceof DetailedError ? error.originalResponse : null;
  if (!answer) return new ServiceError('unreachable', 'unreachable', UNREACHABLE);
  const get = (name: string) => answer.getHeader(name) ?? null;
  const status = answer.getStatus();
  const stranger = strangerIn({ status, type: 'default', headers: { get } });
  if (stranger) return stranger;
  const refused = refusal(status, answer.getBody(), get('retry-after'));
  return AGAIN.includes(refused.code)
    ? new ServiceError('answered', refused.code, refused.message, 503)
    : refused;
}
