/** What a service under test keeps of attachments, looked at and meddled with from behind. */
import { existsSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { S3Double } from './s3-double.ts';

export interface Kept {
  /** Ids of the uploads that wait for the rest, and temporary files. */
  arriving(): readonly string[];
  stored(sha256: string): boolean;
  /** Loses a stored file. */
  lose(sha256: string): void;
  /** Gives a begun upload all its bytes, as if a kill came before they were checked. */
  fill(id: string, bytes: Uint8Array): void;
  /** Has an upload wait that something last came of then, ms. */
  wait(id: string, touched: number): void;
}

const scratchOf = (data: string) => join(data, 'attachments/arriving');

export const keptOnDisk = (data: string): Kept => {
  const place = (sha256: string) => join(data, 'attachments', sha256.slice(0, 2), sha256);
  return {
    arriving: () => readdirSync(scratchOf(data)).filter((name) => !name.endsWith('.json')),
    stored: (sha256) => existsSync(place(sha256)),
    lose: (sha256) => rmSync(place(sha256)),
    fill: (id, bytes) => writeFileSync(join(scratchOf(data), id), bytes),
    wait(id, touched) {
      const path = join(scratchOf(data), id);
      writeFileSync(path, '');
      writeFileSync(`${path}.json`, JSON.stringify({ id, size: 10, offset: 0 }));
      utimesSync(path, touched / 1000, touched / 1000);
    },
  };
};

export const keptInS3 = (data: string, { objects }: Pick<S3Double, 'objects'>): Kept => {
  const idsArriving = () =>
    [...objects.keys()].flatMap((name) => /^arriving\/(.+)\/upload$/.exec(name)?.[1] ?? []);
  return {
    arriving: () => [...idsArriving(), ...readdirSync(scratchOf(data))],
    stored: (sha256) => objects.has(`attachments/${sha256}`),
    lose: (sha256) => objects.delete(`attachments/${sha256}`),
    fill: (id, bytes) =>
      objects.set(`arriving/${id}/000000000000`, {
        bytes: Buffer.from(bytes),
        written: new Date(),
      }),
    wait: (id, touched) =>
      objects.set(`arriving/${id}/upload`, {
        bytes: Buffer.from(JSON.stringify({ size: 10, created: '' })),
        written: new Date(touched),
      }),
  };
};
