import { type GetObjectCommandOutput, paginateListObjectsV2, type S3 } from '@aws-sdk/client-s3';

export interface StoredObject {
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** When it was written, ms. */
  readonly written: number;
}

/** The few things done with objects of a bucket. @throws the SDK's errors, from every function */
export interface Bucket {
  /** @param sha256 hexadecimal; the store refuses other bytes than those, if it knows the header */
  put(name: string, bytes: Uint8Array, sha256?: string): Promise<void>;
  get(name: string): Promise<NonNullable<GetObjectCommandOutput['Body']>>;
  /** In bytes; null when there is no such object. */
  size(name: string): Promise<number | null>;
  remove(name: string): Promise<void>;
  /** Those whose names begin so, by name. */
  list(start: string): Promise<readonly StoredObject[]>;
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && ['NoSuchKey', 'NotFound'].includes(error.name);

export const createBucket = (client: S3, bucket: string): Bucket => ({
  async put(name, bytes, sha256) {
    await client.putObject({
      // Not a stream, which the SDK could not send again to a store that was busy.
      ...{ Bucket: bucket, Key: name, Body: bytes },
      ...(sha256 ? { ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64') } : {}),
    });
  },
  async get(name) {
    const { Body } = await client.getObject({ Bucket: bucket, Key: name });
    if (!Body) throw new Error('an object without a body');
    return Body;
  },
  async size(name) {
    try {
      return (await client.headObject({ Bucket: bucket, Key: name })).ContentLength ?? 0;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  },
  async remove(name) {
    await client.deleteObject({ Bucket: bucket, Key: name });
  },
  async list(start) {
    const found: StoredObject[] = [];
    const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: start });
    for await (const { Contents = [] } of pages) {
      for (const { Key = '', Size = 0, LastModified } of Contents) {
        found.push({ name: Key, size: Size, written: LastModified?.getTime() ?? 0 });
      }
    }
    return found;
  },
});
