import { resolve } from 'node:path';

/** A bucket of an S3-compatible store. */
export interface S3Config {
  readonly bucket: string;
  /** Null: Amazon's. */
  readonly endpoint: string | null;
}

/** How the service is set up; everything comes from the environment. */
export interface Config {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Folder of the embedded database, the attachments and the service's own files. */
  readonly data: string;
  /** A PostgreSQL cluster instead of the embedded one. */
  readonly databaseUrl: string | null;
  /** Where attachments lie instead of in the data folder. */
  readonly s3: S3Config | null;
  /** Folder of the built page. */
  readonly web: string;
  /** Makes a demo organisation for a trial, and prints codes and passwords of it at every start. */
  readonly demo: boolean;
  /** Whether a proxy in front of the service says where requests come from (`X-Forwarded-For`). */
  readonly trustProxy: boolean;
}

/**
 * Reads `ONSITE_HOST`, `ONSITE_PORT`, `ONSITE_DATA`, `DATABASE_URL`, `ONSITE_S3_BUCKET`,
 * `ONSITE_S3_ENDPOINT`, `ONSITE_WEB`, `ONSITE_DEMO`, `ONSITE_TRUST_PROXY`.
 *
 * @throws Error with one clear line when the port is none.
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const port = Number(env.ONSITE_PORT || 8620);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`ONSITE_PORT is not a port number: ${env.ONSITE_PORT}`);
  }
  return {
    host: env.ONSITE_HOST || '127.0.0.1',
    port,
    data: resolve(env.ONSITE_DATA || '.onsite/service'),
    databaseUrl: env.DATABASE_URL || null,
    s3: env.ONSITE_S3_BUCKET
      ? { bucket: env.ONSITE_S3_BUCKET, endpoint: env.ONSITE_S3_ENDPOINT || null }
      : null,
    web: resolve(env.ONSITE_WEB || 'dist/renderer'),
    demo: env.ONSITE_DEMO === '1',
    trustProxy: env.ONSITE_TRUST_PROXY === '1',
  };
}
