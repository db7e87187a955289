/** What the measurement uses of PouchDB and its server, which bring no types. */
interface PouchRow {
  readonly id: string;
  readonly doc: Readonly<Record<string, unknown>>;
}

interface Pouch {
  bulkDocs(docs: readonly object[]): Promise<unknown>;
  allDocs(options: { include_docs: true }): Promise<{ rows: readonly PouchRow[] }>;
  info(): Promise<{ doc_count: number }>;
  destroy(): Promise<void>;
  readonly replicate: {
    from(remote: Pouch, options: { batch_size: number }): Promise<{ ok: boolean }>;
    to(remote: Pouch, options: { batch_size: number }): Promise<{ ok: boolean }>;
  };
}

interface PouchClass {
  new (name: string, options?: { adapter: string }): Pouch;
  defaults(options: { prefix: string }): PouchClass;
  plugin(plugin: unknown): void;
}

declare module 'pouchdb' {
  const PouchDB: PouchClass;
  export default PouchDB;
}

declare module 'pouchdb-adapter-memory' {
  const plugin: unknown;
  export default plugin;
}

declare module 'express-pouchdb' {
  import type { RequestListener } from 'node:http';

  const create: (
    of: PouchClass,
    options: { logPath: string; inMemoryConfig: boolean },
  ) => RequestListener;
  export default create;
}
