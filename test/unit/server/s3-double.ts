import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Objects in one answer of a list: few, so that lists come in pages. */
const PAGE = 3;
export const BUCKET = 'onsite-test';
/** What a client needs to know of it, as the service's environment. */
const KEYS = { AWS_ACCESS_KEY_ID: 'test-key', AWS_SECRET_ACCESS_KEY: 'test-secret' };

const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('base64');
const answerXml = (answer: ServerResponse, status: number, xml: string) =>
  answer.writeHead(status, { 'content-type': 'application/xml' }).end(xml);
const refuse = (answer: ServerResponse, status: number, code: string) =>
  answerXml(answer, status, `<Error><Code>${code}</Code><Message>${code}</Message></Error>`);

const bodyOf = async (message: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
};

/**
 * A double of an S3-compatible store, over HTTP, for one bucket in memory: the calls that the service
 * makes (put, get, head, delete, list in pages), with the errors and the checks of the real ones. It
 * does not check signatures, but wants one.
 */
export async function startS3() {
  const objects = new Map<string, { bytes: Buffer; written: Date }>();
  /** How many of the next requests fail, as they do when a store is busy. */
  let failing = 0;

  const list = (answer: ServerResponse, query: URLSearchParams) => {
    const [start, from] = [query.get('prefix') ?? '', query.get('continuation-token') ?? ''];
    const names = [...objects.keys()].filter((name) => name.startsWith(start) && name > from);
    const page = names.sort().slice(0, PAGE);
    const contents = page.map((name) => {
      const { bytes, written } = objects.get(name) ?? {
        bytes: Buffer.alloc(0),
        written: new Date(),
      };
      return `<Contents><Key>${name}</Key><Size>${bytes.length}</Size><LastModified>${written.toISOString()}</LastModified></Contents>`;
    });
    const more = names.length > page.length;
    const next = more ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
    const xml = `<ListBucketResult><IsTruncated>${more}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`;
    answerXml(answer, 200, xml);
  };

  const put = async (asked: IncomingMessage, answer: ServerResponse, name: string) => {
    const bytes = await bodyOf(asked);
    if (Number(asked.headers['content-length']) !== bytes.length) {
      return refuse(answer, 400, 'IncompleteBody');
    }
    const told = asked.headers['x-amz-checksum-sha256'];
    if (told !== undefined && told !== hash(bytes)) return refuse(answer, 400, 'BadDigest');
    objects.set(name, { bytes, written: new Date() });
    return answer.writeHead(200, { etag: '"1"' }).end();
  };

  const server = createServer(async (asked, answer) => {
    const url = new URL(asked.url ?? '/', 'http://s3');
    const [, bucket, ...rest] = decodeURIComponent(url.pathname).split('/');
    const name = rest.join('/');
    const { authorization = '' } = asked.headers;
    if (!authorization.startsWith(`AWS4-HMAC-SHA256 Credential=${KEYS.AWS_ACCESS_KEY_ID}/`)) {
      return refuse(answer, 403, 'AccessDenied');
    }
    if (failing > 0) {
      failing -= 1;
      await bodyOf(asked).catch(() => undefined);
      return refuse(answer, 503, 'SlowDown');
    }
    if (bucket !== BUCKET) return refuse(answer, 404, 'NoSuchBucket');
    if (asked.method === 'GET' && name === '') return list(answer, url.searchParams);
    if (asked.method === 'PUT') return put(asked, answer, name).catch(() => asked.destroy());
    if (asked.method === 'DELETE') {
      objects.delete(name);
      return answer.writeHead(204).end();
    }
    const found = objects.get(name);
    if (!found) return refuse(answer, 404, 'NoSuchKey');
    answer.writeHead(200, { 'content-length': found.bytes.length });
    return answer.end(asked.method === 'HEAD' ? undefined : found.bytes);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    objects,
    env: { ...KEYS, ONSITE_S3_BUCKET: BUCKET, ONSITE_S3_ENDPOINT: endpoint },
    fail(count: number) {
      failing = count;
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
export type S3Double = Awaited<ReturnType<typeof startS3>>;
