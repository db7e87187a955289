import { Readable } from 'node:stream';
import { DataStore, ERRORS, Upload } from '@tus/server';
import { z } from 'zod';
import type { Arriving, Waiting } from './attachment-files.ts';
import type { Bucket, StoredObject } from './s3-bucket.ts';

/** Bytes of one piece: as much as a kill of the service can cost. */
const PIECE = 256 * 1024;
const ARRIVING = 'arriving/';
const NOTES = 'upload';
const notesSchema = z.object({ size: z.int().min(0), created: z.string() });

/**
 * Uploads that wait for the rest, in a bucket: each piece is an object that is named by where it begins.
 * A multipart upload would not do (it is what `@tus/s3-store` makes): its parts have 5 MB at least, so
 * that a photo over a bad line would begin from nothing after every cut.
 */
export const createS3Arriving = (objects: Bucket): Arriving => new S3Arriving(objects);

/** The uploads whose ids begin so. */
export const waitingIn = async (objects: Bucket, start: string): Promise<readonly Waiting[]> => {
  const touched = new Map<string, number>();
  for (const { name, written } of await objects.list(ARRIVING + start)) {
    const id = name.slice(ARRIVING.length, name.lastIndexOf('/'));
    touched.set(id, Math.max(written, touched.get(id) ?? 0));
  }
  return [...touched].map(([id, last]) => ({ id, touched: last }));
};

class S3Arriving extends DataStore implements Arriving {
  readonly #objects: Bucket;
  override extensions = ['creation', 'creation-with-upload'];

  constructor(objects: Bucket) {
    super();
    this.#objects = objects;
  }

  override async create(upload: Upload): Promise<Upload> {
    if (upload.size === undefined) throw ERRORS.INVALID_LENGTH;
    await this.remove(upload.id);
    const notes = { size: upload.size, created: new Date().toISOString() };
    await this.#objects.put(nameOf(upload.id, NOTES), Buffer.from(JSON.stringify(notes)));
    return upload;
  }

  override async write(stream: Readable, id: string, offset: number): Promise<number> {
    let at = offset;
    let gathered: Uint8Array[] = [];
    let size = 0;
    const keep = async () => {
      if (size === 0) return;
      await this.#objects.put(pieceAt(id, at), Buffer.concat(gathered));
      at += size;
      [gathered, size] = [[], 0];
    };
    try {
      for await (const chunk of stream) {
        gathered.push(chunk);
        size += chunk.length;
        if (size >= PIECE) await keep();
      }
    } finally {
      // Of a request that was cut, too: it goes on from here.
      await keep();
    }
    return at;
  }

  override async getUpload(id: string): Promise<Upload> {
    const found = await this.#objects.list(nameOf(id, ''));
    if (!found.some(({ name }) => name === nameOf(id, NOTES))) throw ERRORS.FILE_NOT_FOUND;
    const body = await this.#objects.get(nameOf(id, NOTES));
    const notes = notesSchema.parse(JSON.parse(await body.transformToString()));
    const { size, created: creation_date } = notes;
    return new Upload({ id, size, offset: endOf(piecesOf(id, found)), creation_date });
  }

  async read(id: string): Promise<Readable> {
    const objects = this.#objects;
    const pieces = piecesOf(id, await objects.list(nameOf(id, '')));
    return Readable.from(
      (async function* () {
        for (const { name } of pieces) yield* (await objects.get(name)).transformToWebStream();
      })(),
    );
  }

  /** The notes go last: what is removed by half is still there to be removed. */
  override async remove(id: string): Promise<void> {
    const names = (await this.#objects.list(nameOf(id, ''))).map(({ name }) => name);
    const notes = nameOf(id, NOTES);
    await Promise.all(
      names.filter((name) => name !== notes).map((name) => this.#objects.remove(name)),
    );
    if (names.includes(notes)) await this.#objects.remove(notes);
  }
}

const nameOf = (id: string, rest: string): string => `${ARRIVING}${id}/${rest}`;
/** By name they stand in the order of their bytes, before the notes. */
const pieceAt = (id: string, at: number): string => nameOf(id, String(at).padStart(12, '0'));

/** The pieces from the first byte on, without a gap. One that was told twice may overlap the next. */
const piecesOf = (id: string, found: readonly StoredObject[]): readonly StoredObject[] => {
  const pieces: StoredObject[] = [];
  for (const object of found) {
    if (object.name === pieceAt(id, endOf(pieces))) pieces.push(object);
  }
  return pieces;
};
const endOf = (pieces: readonly StoredObject[]): number =>
  pieces.reduce((sum, { size }) => sum + size, 0);
