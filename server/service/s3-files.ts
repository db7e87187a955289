import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { S3 } from '@aws-sdk/client-s3';
import { LIMITS } from '../../domain/sync/limits.ts';
import type { AttachmentFiles } from './attachment-files.ts';
import type { S3Config } from './config.ts';
import { ServiceError } from './errors.ts';
import { createS3Arriving, waitingIn } from './s3-arriving.ts';
import { createBucket } from './s3-bucket.ts';
import { openScratch } from './scratch.ts';

/**
 * Attachments in an S3-compatible store: `attachments/ab12…`. What arrives lies there too, so that any
 * process on any machine may go on with it; only what is being hashed lies on this machine's disk.
 * Credentials and region are found as the AWS SDK finds them (`AWS_ACCESS_KEY_ID`, …).
 */
export async function openS3Files(
  data: string,
  { bucket, endpoint }: S3Config,
): Promise<AttachmentFiles> {
  const { hold, tidy } = await openScratch(join(data, 'attachments', 'arriving'));
  const client = new S3({
    // Not only Amazon's: others want no region, have no name for each bucket, and know no new checksums.
    ...(endpoint ? { endpoint, forcePathStyle: true } : {}),
    ...(process.env.AWS_REGION ? {} : { region: 'us-east-1' }),
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  const objects = createBucket(client, bucket);
  const nameOf = (sha256: string) => `attachments/${sha256}`;

  return {
    arriving: createS3Arriving(objects),
    waiting: (start = '') => waitingIn(objects, start),
    async put(sha256, bytes) {
      const held = await hold(bytes, LIMITS.attachmentBytes);
      try {
        if (held.sha256 !== sha256) throw new ServiceError('hash-mismatch');
        await objects.put(nameOf(sha256), await readFile(held.path), sha256);
        return held.size;
      } finally {
        await rm(held.path, { force: true });
      }
    },
    size: (sha256) => objects.size(nameOf(sha256)),
    read: async (sha256) => (await objects.get(nameOf(sha256))).transformToWebStream(),
    hold: async (bytes, limit) => (await hold(bytes, limit)).path,
    tidy,
  };
}
