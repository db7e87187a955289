/** The worker that prints and reads template packs, started by whoever asks first. */
import { type Remote, wrap } from 'comlink';
import type { TemplatePack } from '../../domain/documents/template/ast.ts';
import { PACK_LIMITS, TOO_LARGE } from '../../domain/documents/template/files.ts';
import type { PackError } from '../../domain/documents/template/pack.ts';
import type { OpenedPack, PackFiles, PrintService } from './worker.ts';

export type { OpenedPack, PackFiles };

interface Running {
  readonly service: Remote<PrintService>;
  /** Rejects when the worker itself fails, which Comlink would wait out for ever. */
  readonly broken: Promise<never>;
}

let running: Running | null = null;

function start(): Running {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const broken = new Promise<never>((_, reject) => {
    worker.addEventListener('error', () => {
      running = null;
      worker.terminate();
      reject(new Error('打印程序没有启动，请再试一次。'));
    });
  });
  // Whoever is printing hears of it through the race below.
  broken.catch(() => undefined);
  return { service: wrap<PrintService>(worker), broken };
}

/** Asks the worker. */
export function ask<T>(question: (service: Remote<PrintService>) => Promise<T>): Promise<T> {
  running ??= start();
  return Promise.race([question(running.service), running.broken]);
}

/**
 * Reads a template pack.
 *
 * @returns the pack, or everything that is wrong with it, by file and line
 */
export const checkPackFiles = (
  files: PackFiles,
): Promise<{ pack: TemplatePack } | { errors: readonly PackError[] }> =>
  ask(async (service) => service.checkPack(files));

/** The same of a zip, or of the files of a folder that was picked. */
export const openPack = async (picked: readonly File[], isZip: boolean): Promise<OpenedPack> => {
  const size = picked.reduce((bytes, file) => bytes + file.size, 0);
  if (picked.length > PACK_LIMITS.files || size > PACK_LIMITS.bytes) return TOO_LARGE;
  const entries = await Promise.all(
    picked.map(
      async (file) =>
        [file.webkitRelativePath || file.name, new Uint8Array(await file.arrayBuffer())] as const,
    ),
  );
  const [zip] = entries;
  return ask(async (service) => service.openPack(isZip && zip ? zip[1] : entries));
};
