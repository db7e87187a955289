import type { Readable } from 'node:stream';
import type { DataStore } from '@tus/server';
import type { Config } from './config.ts';
import { openDiskFiles } from './disk-files.ts';
import { openS3Files } from './s3-files.ts';
import type { Bytes } from './scratch.ts';

/** Where uploads in parts wait for the rest. */
export interface Arriving extends DataStore {
  /** What has arrived of an upload. */
  read(id: string): Readable | Promise<Readable>;
}

/** An upload that waits for the rest. */
export interface Waiting {
  readonly id: string;
  /** When something last came, ms. */
  readonly touched: number;
}

/** Attachments under their SHA-256. That a hash is one is checked by the caller. */
export interface AttachmentFiles {
  readonly arriving: Arriving;
  /** The uploads that wait for the rest: all, or those whose id begins so. */
  waiting(start?: string): Promise<readonly Waiting[]>;
  /**
   * Stores a stream; when it resolves, the bytes are kept under their name, also through a power cut.
   *
   * @returns the size in bytes.
   * @throws ServiceError `hash-mismatch`, `too-large`; nothing is kept then.
   */
  put(sha256: string, bytes: Bytes): Promise<number>;
  /** The size in bytes, or null when the file is not there. */
  size(sha256: string): Promise<number | null>;
  read(sha256: string): Promise<ReadableStream>;
  /**
   * Keeps a stream of at most `limit` bytes in a temporary file of this machine.
   *
   * @returns its path; the caller removes it
   * @throws ServiceError `too-large`; nothing is kept then
   */
  hold(bytes: Bytes, limit: number): Promise<string>;
  /** Removes temporary files that a killed process left and nobody has touched since `before`, ms. */
  tidy(before: number): Promise<void>;
}

/** Attachments on disk, or in an S3-compatible store when one is configured. */
export const openAttachmentFiles = ({
  data,
  s3,
}: Pick<Config, 'data' | 's3'>): Promise<AttachmentFiles> =>
  s3 ? openS3Files(data, s3) : openDiskFiles(data);
