import { randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Config } from './config.ts';

/**
 * `service.json` in the data folder: where the running service listens, and the secret that lets
 * the `onsite` command make enrolment codes. Only its user can read it. It also keeps a second
 * service out of the folder: the embedded database would be destroyed by two processes.
 */
const serviceFileSchema = z.strictObject({ url: z.url(), secret: z.string().min(32) });
export type ServiceFile = z.infer<typeof serviceFileSchema>;

const pathIn = (data: string) => join(data, 'service.json');

/** What the file says; null when there is none, or none that can be read. */
export async function readServiceFile(data: string): Promise<ServiceFile | null> {
  try {
    return serviceFileSchema.parse(JSON.parse(await readFile(pathIn(data), 'utf8')));
  } catch {
    return null;
  }
}

/** Asks the service of a file to do something that only the file's readers may ask. */
export const askService = (
  file: ServiceFile,
  path: string,
  body: unknown,
  patience = 10_000,
): Promise<Response> =>
  fetch(new URL(path, file.url), {
    method: 'POST',
    headers: { authorization: `Bearer ${file.secret}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(patience),
  });

/** The same with a file of any size as body, which takes its time. */
export const sendToService = (
  file: ServiceFile,
  path: string,
  body: Blob,
  headers: Readonly<Record<string, string>>,
): Promise<Response> =>
  fetch(new URL(path, file.url), {
    method: 'POST',
    headers: { ...headers, authorization: `Bearer ${file.secret}` },
    body,
  });

/**
 * Removes the file that a killed service left. Copies of the service that share a PostgreSQL may
 * share the folder too, and the last one started has the file.
 *
 * @throws Error with one clear line when another service runs on the folder's embedded database.
 */
export async function clearServiceFile({ data, databaseUrl }: Config): Promise<void> {
  const left = await readServiceFile(data);
  if (databaseUrl === null && left && (await isRunning(left))) {
    throw new Error(`another service already runs on ${data}, at ${left.url}; stop that one first`);
  }
  await rm(pathIn(data), { force: true });
}

async function isRunning(file: ServiceFile): Promise<boolean> {
  try {
    // Another service that got the same port since does not know the secret.
    return (await askService(file, '/admin/here', {})).ok;
  } catch (error) {
    // No answer in time is one that is still starting; a refused connection is nobody.
    return error instanceof Error && error.name === 'TimeoutError';
  }
}

/** Writes the file for a service that has just begun to listen; gives its secret. */
export async function writeServiceFile(
  { data, databaseUrl }: Config,
  url: string,
): Promise<ServiceFile> {
  const file = { url, secret: randomBytes(32).toString('base64url') };
  // `wx`: of two services starting at the same moment on an embedded database, one fails here.
  const flag = databaseUrl === null ? 'wx' : 'w';
  await writeFile(pathIn(data), JSON.stringify(file), { flag, mode: 0o600 });
  return file;
}

/** Removes the file when it is still this service's. */
export async function removeServiceFile(data: string, { secret }: ServiceFile): Promise<void> {
  if ((await readServiceFile(data))?.secret === secret) await rm(pathIn(data), { force: true });
}
