import { closeSync, fsyncSync, openSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/** What we need of an open file in the embedded engine: its descriptor, or its node for a folder. */
interface Stream {
  readonly nfd?: number;
  readonly node: unknown;
}
interface NodeFileSystem {
  realPath(node: unknown): string;
  stream_ops: { fsync?: (stream: Stream) => number };
}

/**
 * PGlite writes through the system's cache and never flushes it: a killed process loses nothing, a
 * power cut loses what had a receipt. This file system passes PostgreSQL's own fsync on to the disk.
 */
class FlushedFs extends NodeFS {
  override async init(...[pg, options]: Parameters<NodeFS['init']>) {
    const made = await super.init(pg, options);
    const flush = (module: object) => {
      if (!('NODEFS' in module)) throw new Error('this PGlite has no Node file system');
      const files = module.NODEFS as NodeFileSystem;
      files.stream_ops.fsync = (stream) => fsync(stream, files);
    };
    const preRun = [...(made.emscriptenOpts.preRun ?? []), flush];
    return { emscriptenOpts: { ...made.emscriptenOpts, preRun } };
  }
}

function fsync(stream: Stream, files: NodeFileSystem): number {
  // A folder has no descriptor of its own; Windows cannot flush one and need not.
  if (stream.nfd === undefined && process.platform === 'win32') return 0;
  const descriptor = stream.nfd ?? openSync(files.realPath(stream.node), 'r');
  fsyncSync(descriptor);
  if (stream.nfd === undefined) closeSync(descriptor);
  return 0;
}

/** Opens the embedded PostgreSQL in a folder, with the durability of a real one. */
export async function createPglite(folder: string): Promise<PGlite> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return PGlite.create({
    fs: new FlushedFs(folder),
    startParams: [
      // PGlite's own, without `-F`, which turns fsync off.
      ...PGlite.defaultStartParams.filter((param) => param !== '-F'),
      // The engine's fdatasync does nothing.
      ...['-c', 'wal_sync_method=fsync'],
    ],
  });
}
