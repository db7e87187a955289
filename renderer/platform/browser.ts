import { type Remote, wrap } from 'comlink';
import type { JournalFiles } from '../../domain/sync/journal-files.ts';
import { version } from '../../package.json';
import { browserBackups } from './browser-backups.ts';
import { browserVault } from './browser-vault.ts';
import { noFiles, noJournal } from './no-second-place.ts';
import type { OpfsFiles } from './opfs-files.ts';
import type { OpfsJournal } from './opfs-journal.ts';
import type { Platform } from './platform.ts';

const SERVICE_KEY = 'onsite.service';
const ENROL_KEY = 'onsite.enrol';

/** Takes `?enrol=CODE` out of the address, so that it is neither bookmarked nor shared. */
const takeEnrolmentCode = (): string | null => {
  const address = new URL(location.href);
  const code = address.searchParams.get('enrol');
  if (code) {
    sessionStorage.setItem(ENROL_KEY, code);
    address.searchParams.delete('enrol');
    history.replaceState(history.state, '', address);
  }
  // Kept for this tab: the first attempt may happen offline, before a reload.
  return sessionStorage.getItem(ENROL_KEY);
};

const isCancel = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'AbortError';

const download = (name: string, blob: Blob): string => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The download has its own reference once it started; a minute is plenty.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  return name;
};

/** Bytes that a blob takes at once: Chromium keeps large blobs on the disk. */
const BLOB_PART = 8 * 1024 * 1024;

const blobOf = async (pieces: AsyncIterable<Uint8Array>): Promise<Blob> => {
  const blobs: Blob[] = [];
  let parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const piece of pieces) {
    parts.push(new Uint8Array(piece));
    size += piece.length;
    if (size < BLOB_PART) continue;
    blobs.push(new Blob(parts));
    [parts, size] = [[], 0];
  }
  return new Blob([...blobs, ...parts], { type: 'application/octet-stream' });
};

/** Waits for a file that another window has open, in ms, and how often: see `opfs-journal.ts`. */
const UNUSED = { wait: 300, attempts: 10 };

const removeUnused = async (root: FileSystemDirectoryHandle, name: string): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await root.removeEntry(name, { recursive: true });
      return;
    } catch (error) {
      const isUsed = error instanceof DOMException && error.name === 'NoModificationAllowedError';
      if (!isUsed || attempt === UNUSED.attempts) throw error;
      await new Promise((later) => setTimeout(later, UNUSED.wait));
    }
  }
};

interface SavePicker {
  showSaveFilePicker(options: { suggestedName: string }): Promise<FileSystemFileHandle>;
}
const hasSavePicker = (page: object): page is SavePicker => 'showSaveFilePicker' in page;

/** A worker is started when it is first needed. */
const once = <T>(start: () => Remote<T>): (() => Remote<T>) => {
  let started: Remote<T> | null = null;
  return () => {
    started ??= start();
    return started;
  };
};

/** The page in a browser, served by the sync service (or by Vite while developing). */
export const browserPlatform = (): Platform => {
  const enrolmentCode = takeEnrolmentCode();
  const journal = once(() =>
    wrap<OpfsJournal>(
      new Worker(new URL('./opfs-journal.ts', import.meta.url), { type: 'module' }),
    ),
  );
  const files = once(() =>
    wrap<OpfsFiles>(new Worker(new URL('./opfs-files.ts', import.meta.url), { type: 'module' })),
  );
  const hasPrivateFiles = 'getDirectory' in (navigator.storage ?? {});
  const journalFiles: JournalFiles = hasPrivateFiles
    ? {
        append: (entry) => journal().append(entry),
        read: (from) => journal().read(from),
        readPlain: () => journal().readPlain(),
        replacePlain: (name, entries) => journal().replacePlain(name, entries),
      }
    : noJournal;

  return {
    kind: 'browser',
    backups: browserBackups(),
    directPrint: null,
    config: async () => ({
      version,
      service: localStorage.getItem(SERVICE_KEY) ?? location.origin,
      enrolmentCode,
    }),
    setService: async (origin) => {
      if (origin === null) localStorage.removeItem(SERVICE_KEY);
      else localStorage.setItem(SERVICE_KEY, origin);
    },
    journal: journalFiles,
    files: hasPrivateFiles
      ? {
          write: (name, bytes) => files().write(name, bytes),
          read: (name) => files().read(name),
          list: () => files().list(),
          remove: (name) => files().remove(name),
        }
      : noFiles,
    diskSpace: async () => {
      const { quota, usage } = (await navigator.storage?.estimate?.()) ?? {};
      if (quota === undefined || usage === undefined) return null;
      return { free: quota - usage, total: quota };
    },
    vault: browserVault(async () => (await journalFiles.read(null)).entries.length > 0),
    openWindow: async (address) => {
      window.open(address, '_blank');
    },
    savePieces: async (name, pieces) => {
      if (!hasSavePicker(window)) return download(name, await blobOf(pieces));
      const handle = await window
        .showSaveFilePicker({ suggestedName: name })
        .catch((error: unknown) => {
          if (isCancel(error)) return null;
          throw error;
        });
      if (!handle) return null;
      const file = await handle.createWritable();
      try {
        for await (const piece of pieces) await file.write(new Uint8Array(piece));
        await file.close();
        return handle.name;
      } catch (error) {
        await file.abort().catch(() => undefined);
        throw error;
      }
    },
    eraseData: async () => {
      const root = await navigator.storage?.getDirectory?.();
      if (!root) return;
      for await (const name of root.keys()) await removeUnused(root, name);
    },
    saveFile: async (name, bytes, type) => {
      const blob = new Blob([new Uint8Array(bytes)], { type });
      if (!hasSavePicker(window)) return download(name, blob);
      try {
        const handle = await window.showSaveFilePicker({ suggestedName: name });
        const file = await handle.createWritable();
        await file.write(blob);
        await file.close();
        return handle.name;
      } catch (error) {
        if (isCancel(error)) return null;
        throw error;
      }
    },
  };
};
