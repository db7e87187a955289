import { ERRORS, MemoryLocker, Server } from '@tus/server';
import { RECEIPT_HEADER } from '../../domain/sync/uploads.ts';
import { type AttachmentReceipt, LIMITS } from '../../domain/sync/wire.ts';
import type { Store } from '../store/index.ts';
import type { AttachmentFiles } from './attachment-files.ts';
import { type ErrorCode, isErrorCode, ServiceError } from './errors.ts';

/** Which upload: a team's bytes are known by their hash, so that any device of it may go on with them. */
export interface UploadKey {
  readonly team: string;
  readonly sha256: string;
}

/**
 * Attachments that arrive in parts (tus 1.0), and go on where they were cut, also by a kill of either
 * side. A whole file becomes an attachment when its SHA-256 is the one it is named by; from then on
 * every answer about it carries its receipt.
 */
export interface Uploads {
  /** Answers a request of the protocol, whoever may send it having been decided. @throws ServiceError */
  answer(key: UploadKey, request: Request): Promise<Response>;
}

const PATH = '/uploads';
const TUS: readonly [string, string][] = [
  ['tus-resumable', '1.0.0'],
  ['cache-control', 'no-store'],
];
/** What a client is told of tus's own answer. */
const TOLD = ['location', 'upload-offset', 'upload-length', RECEIPT_HEADER];

export function createUploads(
  store: Pick<Store, 'addAttachment' | 'hasAttachment'>,
  files: AttachmentFiles,
): Uploads {
  const { arriving } = files;
  const receiptOf = async (key: UploadKey): Promise<AttachmentReceipt | null> => {
    const size = (await store.hasAttachment(key)) ? await files.size(key.sha256) : null;
    return size === null ? null : { sha256: key.sha256, size };
  };

  const check = async (key: UploadKey): Promise<void> => {
    const id = idOf(key);
    try {
      const { size: expected = 0 } = await arriving.getUpload(id);
      const bytes = expected === 0 ? [] : await arriving.read(id);
      const size = await files.put(key.sha256, bytes);
      await store.addAttachment({ ...key, size, receivedAt: Date.now() });
    } catch (error) {
      // Bytes that are not what they are named by are of no use to go on with.
      if (error instanceof ServiceError) await arriving.remove(id).catch(() => undefined);
      throw error;
    }
    // Last: an upload that a kill cuts before this is finished by the next question about it.
    await arriving.remove(id).catch(() => undefined);
  };
  const finish = async (key: UploadKey): Promise<void> => {
    try {
      await check(key);
    } catch (error) {
      // Another connection, or another process, may have done it in the same moment.
      if (await receiptOf(key)) return;
      throw error instanceof Error ? error : new ServiceError('upload-again');
    }
  };

  const tus = new Server({
    path: PATH,
    datastore: arriving,
    locker: new MemoryLocker(),
    maxSize: LIMITS.attachmentBytes,
    // The app's own headers say who may read answers.
    allowedOrigins: () => false,
    namingFunction: ({ url }) => url.slice(url.lastIndexOf('/') + 1),
    generateUrl: (_request, { id }) => `${PATH}/${keyOf(id).sha256}`,
    onUploadFinish: async (_request, { id }) => {
      const key = keyOf(id);
      await finish(key);
      return { headers: { [RECEIPT_HEADER]: key.sha256 } };
    },
    // Our code in place of tus's English sentence; the status is that of the code.
    onResponseError: (_request, error) => ({ status_code: 400, body: codeOf(error) }),
  });

  /** Whether all bytes are there, but a kill came before they were checked. */
  const isWhole = async (key: UploadKey): Promise<boolean> => {
    const found = await arriving.getUpload(idOf(key)).catch(() => null);
    return found !== null && found.offset === found.size;
  };

  /** For one more upload of a team. @throws ServiceError `too-many-uploads` */
  const makeRoom = async (team: string): Promise<void> => {
    const waiting = await files.waiting(`${team}.`);
    if (waiting.length < LIMITS.unfinishedUploads) return;
    const [longest] = [...waiting].sort((a, b) => a.touched - b.touched);
    if (!longest || longest.touched > Date.now() - LIMITS.uploadIdle) {
      throw new ServiceError('too-many-uploads', LIMITS.uploadWait);
    }
    // Its device begins it anew.
    await arriving.remove(longest.id).catch(() => undefined);
  };

  return {
    async answer(key, request) {
      const { headers, body } = request;
      // tus would give the bytes themselves to a GET.
      const method = request.method === 'GET' ? 'HEAD' : request.method;
      if (method === 'HEAD' && (await isWhole(key))) await finish(key);
      const receipt = await receiptOf(key);
      if (receipt) return alreadyHere(receipt, method, locationOf(key, request));
      if (method === 'POST') await makeRoom(key.team);
      const url = new URL(`${PATH}/${idOf(key)}`, request.url);
      const init: RequestInit & { duplex: 'half' } = { method, headers, body, duplex: 'half' };
      const given = await tus.handleWeb(new Request(url, init));
      if (given.status >= 400) {
        const code = await given.text();
        throw new ServiceError(isErrorCode(code) ? code : 'bad-request');
      }
      const told = TOLD.flatMap((name) => {
        const value = given.headers.get(name);
        // The order goes along to the next part: it says whose the upload is.
        const said = value && name === 'location' ? locationOf(key, request) : value;
        return said === null ? [] : [[name, said] satisfies [string, string]];
      });
      return new Response(null, { status: given.status, headers: [...TUS, ...told] });
    },
  };
}

/** A name that is safe as a file's and as an object's: a UUID and 64 hexadecimal digits. */
const idOf = ({ team, sha256 }: UploadKey): string => `${team}.${sha256}`;
const keyOf = (id: string): UploadKey => {
  const [team = '', sha256 = ''] = id.split('.');
  return { team, sha256 };
};

const locationOf = ({ sha256 }: UploadKey, { url }: Request): string =>
  `${PATH}/${sha256}${new URL(url).search}`;

/** What is answered of bytes that have their receipt, whatever is done with them once more. */
const alreadyHere = (
  { sha256, size }: AttachmentReceipt,
  method: string,
  location: string,
): Response => {
  const status = { POST: 201, PATCH: 204 }[method] ?? 200;
  return new Response(null, {
    status,
    headers: [
      ...TUS,
      ['upload-offset', String(size)],
      ['upload-length', String(size)],
      ['location', location],
      [RECEIPT_HEADER, sha256],
    ],
  });
};

/** Cut short because the same upload goes on over another connection, or could not wait for that one. */
const CUT: readonly string[] = [ERRORS.ABORTED.body, ERRORS.ERR_LOCK_TIMEOUT.body];

function codeOf(error: Error | { status_code: number; body: string }): ErrorCode {
  if (error instanceof ServiceError) return error.code;
  const [status, said] = 'status_code' in error ? [error.status_code, error.body] : [500, ''];
  if (status === 413) return 'too-large';
  if (status === 404 || status === 410) return 'unknown-attachment';
  // The client's idea of how much there is is not ours: asking mends it.
  if (status === 409 || CUT.includes(said)) return 'upload-again';
  if (status < 500) return 'bad-request';
  console.error('stack' in error ? error.stack : said);
  return 'failed';
}
