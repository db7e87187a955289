/**
 * The vault in a browser. Two copies of the key file: one in an IndexedDB database of its own, whose
 * transactions are on disk when they say so and let only one tab be first, and one outside of
 * IndexedDB, for the day that is lost.
 */
import {
  type KeyFile,
  newestKeyFile,
  parseKeyFile,
  printKeyFile,
} from '../../domain/vault/key-file.ts';
import type { VaultPlatform } from './vault.ts';

const NAME = 'onsite-keys';
const TABLE = 'files';
const ENTRY = 'keys.json';
/** Milliseconds in which another tab answers. */
const PATIENCE = 250;

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const inDatabase = async <T>(use: (db: IDBDatabase) => Promise<T>): Promise<T> => {
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(TABLE);
  const db = await settled(opening);
  try {
    return await use(db);
  } finally {
    db.close();
  }
};

const readIndexed = (): Promise<string | null> =>
  inDatabase(async (db) => {
    const text: unknown = await settled(db.transaction(TABLE).objectStore(TABLE).get(ENTRY));
    return typeof text === 'string' ? text : null;
  });

/** @param mayReplace decides by what lies there, inside of the transaction */
const writeIndexed = (
  text: string | null,
  mayReplace: (there: string | null) => boolean,
  entry = ENTRY,
): Promise<boolean> =>
  inDatabase(
    (db) =>
      new Promise((resolve, reject) => {
        const work = db.transaction(TABLE, 'readwrite', { durability: 'strict' });
        const files = work.objectStore(TABLE);
        let written = false;
        const there: IDBRequest<unknown> = files.get(entry);
        there.onsuccess = () => {
          if (!mayReplace(typeof there.result === 'string' ? there.result : null)) return;
          written = true;
          if (text === null) files.delete(entry);
          else files.put(text, entry);
        };
        work.oncomplete = () => resolve(written);
        work.onabort = () => reject(work.error);
      }),
  );

/** The copy outside of IndexedDB: a file of the origin, or `localStorage` on plain HTTP. */
const outside = {
  read: async (): Promise<string | null> => {
    if (!navigator.storage?.getDirectory) return localStorage.getItem(NAME);
    try {
      const folder = await navigator.storage.getDirectory();
      return await (await (await folder.getFileHandle(ENTRY)).getFile()).text();
    } catch (error) {
      if (error instanceof DOMException && error.name === 'NotFoundError') return null;
      throw error;
    }
  },
  write: async (text: string): Promise<void> => {
    if (!navigator.storage?.getDirectory) {
      localStorage.setItem(NAME, text);
      return;
    }
    const folder = await navigator.storage.getDirectory();
    const file = await (await folder.getFileHandle(ENTRY, { create: true })).createWritable();
    await file.write(text);
    await file.close();
  },
  remove: async (): Promise<void> => {
    localStorage.removeItem(NAME);
    const folder = await navigator.storage?.getDirectory?.();
    await folder?.removeEntry(ENTRY).catch(() => undefined);
  },
};

const isOlder = (there: string | null, { revision }: KeyFile): boolean =>
  ((there && parseKeyFile(there)?.revision) || 0) < revision;

const read = async (): Promise<KeyFile | null> => {
  // A copy that cannot be read is one that is damaged.
  const damaged = () => '';
  const copies = await Promise.all([
    readIndexed().catch(damaged),
    outside.read().catch(damaged),
  ] as const);
  const newest = newestKeyFile(copies);
  if (newest) {
    const [indexed, other] = copies;
    const text = printKeyFile(newest);
    // A damaged, missing or older copy gets what the other one has; a full disk hinders nobody here.
    if (indexed !== text) {
      await writeIndexed(text, (there) => isOlder(there, newest)).catch(() => undefined);
    }
    if (other !== text) await outside.write(text).catch(() => undefined);
  }
  return newest;
};

/** A key that tabs give each other; a page of another origin hears nothing of it. */
const createSession = () => {
  const channel = new BroadcastChannel('onsite-session');
  let kept: Uint8Array | null = null;
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (data === 'ask' && kept) channel.postMessage(kept);
  };
  const ask = () =>
    new Promise<Uint8Array | null>((resolve) => {
      const answers = new BroadcastChannel('onsite-session');
      const end = (key: Uint8Array | null) => {
        clearTimeout(timer);
        answers.close();
        resolve(key);
      };
      const timer = setTimeout(() => end(null), PATIENCE);
      answers.onmessage = ({ data }: MessageEvent<unknown>) => {
        if (data instanceof Uint8Array) end(data);
      };
      answers.postMessage('ask');
    });
  return {
    read: async () => {
      kept ??= await ask();
      return kept && new Uint8Array(kept);
    },
    keep: async (key: Uint8Array | null) => {
      kept = key;
    },
  };
};

const none = () => Promise.reject(new Error('a browser has no keystore'));

/** @param hasData see `VaultPlatform` */
export const browserVault = (hasData: () => Promise<boolean>): VaultPlatform => {
  const session = createSession();
  return {
    readKeyFile: read,
    writeKeyFile: async (file) => {
      const before = (await read())?.revision ?? 0;
      if (before !== file.revision - 1) return false;
      const text = printKeyFile(file);
      const written = await writeIndexed(text, (there) => isOlder(there, file));
      if (written) await outside.write(text);
      return written;
    },
    replaceKeyFile: async (file) => {
      const whole = await read().catch(() => null);
      if (whole) throw new Error('密钥文件完好，没有替换');
      const aside = `${ENTRY}.damaged-${Date.now()}`;
      const [indexed, other] = [await readIndexed(), await outside.read().catch(() => null)];
      if (indexed !== null) await writeIndexed(indexed, () => true, aside);
      if (other !== null) await writeIndexed(other, () => true, `${aside}-2`);
      const text = printKeyFile(file);
      await writeIndexed(text, () => true);
      await outside.write(text);
    },
    hasData,
    eraseKeyFile: async () => {
      await writeIndexed('', () => true);
      await writeIndexed(null, () => true);
      await outside.write('');
      await outside.remove();
    },
    keystore: { available: async () => false, encrypt: none, decrypt: none },
    readSessionKey: session.read,
    keepSessionKey: session.keep,
    // A browser does not say it; the idle time stands for it.
    lockAsked: () => new Promise(() => undefined),
  };
};
