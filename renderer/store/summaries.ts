/**
 * The list of orders, kept so that it opens at once: as it was some time ago in a few big pages, which
 * the browser's own cipher decrypts in one go, and what changed since in small rows on top. When there
 * are many small rows, idle time makes new pages of everything.
 *
 * New pages take the place of the old ones in one transaction, under a new generation, so a kill
 * leaves the one or the other. A window that still holds the older pages notices by the generation.
 */
import { bytesToUtf8, utf8ToBytes } from '@noble/ciphers/utils.js';
import { v7 as uuid } from 'uuid';
import { DamagedError } from '../../domain/vault/cipher.ts';
import type { OnsiteDatabase, PageRow, SummaryRow } from './database.ts';
import { decryptLarge, encryptLarge } from './large-cipher.ts';
import { DamagedRowError } from './reasons.ts';
import type { OrderSummary } from './store.ts';

/** What the pages of one generation say. */
export interface ListedPages {
  /** Empty before there are any. */
  readonly generation: string;
  readonly summaries: ReadonlyMap<string, OrderSummary>;
}

/** Orders in a page: less than 64 KB, above which the browser keeps a value as a file of its own. */
const PAGE = 200;

/** From how many small rows on idle time makes pages of them. */
const MANY = 200;

/** How many small rows at most go into pages at once: whoever saves meanwhile waits for it. */
const AT_ONCE = 2_000;

const NONE: ListedPages = { generation: '', summaries: new Map() };

const generationOf = (id: string | undefined): string => id?.split('/')[0] ?? '';

/** Binds a page to its place among how many: none can be missing, nor come from another time. */
const contextOf = (id: string, count: number): string => `pages/${id}/${count}`;

const damaged = (id: string) => (cause: unknown) => {
  if (cause instanceof DamagedError) throw new DamagedRowError(`pages/${id}`, { cause });
  throw cause;
};

const listOf = (pages: readonly PageRow[], plain: readonly Uint8Array[]): ListedPages => {
  const lists = plain.map((page): OrderSummary[] => JSON.parse(bytesToUtf8(page)));
  return {
    generation: generationOf(pages[0]?.id),
    summaries: new Map(lists.flat().map((summary) => [summary.id, summary])),
  };
};

const openPages = async (
  db: OnsiteDatabase,
  pages: readonly PageRow[],
): Promise<readonly Uint8Array[]> => {
  const key = db.keys.key('store');
  return Promise.all(
    pages.map(({ id, sealed }) =>
      decryptLarge(key, sealed, contextOf(id, pages.length)).catch(damaged(id)),
    ),
  );
};

const openPagesAtOnce = (db: OnsiteDatabase, pages: readonly PageRow[]): readonly Uint8Array[] => {
  const cipher = db.keys.cipher('store');
  return pages.map(({ id, sealed }) => {
    try {
      return cipher.decrypt(sealed, contextOf(id, pages.length));
    } catch (cause) {
      return damaged(id)(cause);
    }
  });
};

/** The list that pages and small rows make together. */
const merged = (
  { summaries }: ListedPages,
  rows: readonly SummaryRow[],
): Map<string, OrderSummary> => {
  const list = new Map(summaries);
  for (const { id, summary } of rows) {
    if (summary) list.set(id, summary);
    else list.delete(id);
  }
  return list;
};

/** The list as it lies in the database. */
export interface KeptList {
  readonly rows: readonly SummaryRow[];
  readonly pages: readonly PageRow[];
}

/** Inside a transaction. @param most how many small rows */
export const readKeptList = async (
  db: OnsiteDatabase,
  most = Number.POSITIVE_INFINITY,
): Promise<KeptList> => {
  const [rows, pages] = await Promise.all([db.summaries.limit(most).toArray(), db.pages.toArray()]);
  return { rows, pages };
};

/**
 * The whole list. Not inside a transaction.
 *
 * @throws {DamagedRowError}
 */
export const openList = async (
  db: OnsiteDatabase,
  { rows, pages }: KeptList,
): Promise<Map<string, OrderSummary>> => {
  db.listed = listOf(pages, await openPages(db, pages));
  return merged(db.listed, rows);
};

/** What the list says of some orders; null for those it does not have. Inside a transaction. */
export const readSummaries = async (
  db: OnsiteDatabase,
  ids: readonly string[],
): Promise<(OrderSummary | null)[]> => {
  const rows = await db.summaries.bulkGet([...ids]);
  if (rows.every((row) => row !== undefined)) return rows.map((row) => row?.summary ?? null);
  const [first] = await db.pages.limit(1).primaryKeys();
  if (generationOf(first) !== (db.listed ?? NONE).generation) {
    const pages = await db.pages.toArray();
    db.listed = listOf(pages, openPagesAtOnce(db, pages));
  }
  const { summaries } = db.listed ?? NONE;
  return ids.map((id, i) => (rows[i] ? rows[i].summary : (summaries.get(id) ?? null)));
};

/**
 * Makes new pages of the list when there are many small rows. A row that is written meanwhile stays;
 * when another window was faster, nothing changes.
 *
 * @returns whether there are new pages
 */
export const compactSummaries = async (db: OnsiteDatabase, many = MANY): Promise<boolean> => {
  if ((await db.summaries.count()) < many) return false;
  const { rows, pages } = await db.transaction('r', [db.summaries, db.pages], () =>
    readKeptList(db, AT_ONCE),
  );
  const before = listOf(pages, await openPages(db, pages));
  const summaries = merged(before, rows);
  const list = [...summaries.values()];
  const generation = uuid();
  const count = Math.ceil(list.length / PAGE);
  const key = db.keys.key('store');
  const made = await Promise.all(
    Array.from({ length: count }, async (_, i): Promise<PageRow> => {
      const id = `${generation}/${String(i).padStart(6, '0')}`;
      const plain = utf8ToBytes(JSON.stringify(list.slice(i * PAGE, (i + 1) * PAGE)));
      return { id, sealed: await encryptLarge(key, plain, contextOf(id, count)) };
    }),
  );
  return db.transaction('rw', [db.summaries, db.pages], async () => {
    const [first] = await db.pages.limit(1).primaryKeys();
    if (generationOf(first) !== before.generation) return false;
    const now = await db.summaries.bulkGet(rows.map(({ id }) => id));
    const settled = rows.filter((row, i) => JSON.stringify(row) === JSON.stringify(now[i]));
    await db.summaries.bulkDelete(settled.map(({ id }) => id));
    await db.pages.clear();
    await db.pages.bulkAdd(made);
    db.listed = { generation: count === 0 ? '' : generation, summaries };
    return true;
  });
};

/** How long the store must be left alone before its list is tidied, in ms, and how long that is put off. */
const QUIET = 1_000;
const LONGEST = 10_000;

export interface Compaction {
  /** Something was written: soon, when nothing more is, there may be something to tidy. */
  due(): void;
  stop(): void;
}

/** @param tidy whatever else is done then */
export const createCompaction = (db: OnsiteDatabase, tidy: () => Promise<void>): Compaction => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let since = 0;
  let stopped = false;
  const run = () => {
    timer = undefined;
    // What fails now is done another time: the list is right as it is.
    if (stopped || !db.isOpen()) return;
    const compact = async (): Promise<void> => {
      while (!stopped && (await compactSummaries(db)));
    };
    tidy()
      .then(compact)
      .catch(() => undefined);
  };
  return {
    due: () => {
      if (stopped) return;
      if (timer === undefined) since = Date.now();
      clearTimeout(timer);
      timer = setTimeout(run, Math.max(0, Math.min(QUIET, since + LONGEST - Date.now())));
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
};
