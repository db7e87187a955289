/**
 * The store's other door, for the sync client alone: what leaves the device and what comes back. Each
 * function is one transaction, so that a kill between two of them leaves a state that sync goes on
 * from. The rules are in `domain/sync/replica.ts`.
 */

import { v7 as uuid } from 'uuid';
import type { Account, EnrolAnswer } from '../../domain/accounts/wire.ts';
import { createDeviceClock } from '../../domain/sync/clock.ts';
import { applyPage } from '../../domain/sync/pulled.ts';
import * as recollect from '../../domain/sync/recollect.ts';
import * as replica from '../../domain/sync/replica.ts';
import type { RoundStore } from '../../domain/sync/round.ts';
import type { Asked, Replica, Settled, SyncMeta } from '../../domain/sync/tables.ts';
import type { CarriedChange } from '../../domain/sync/wire.ts';
import { readFile } from './attachment-bytes.ts';
import { type OnsiteDatabase, queued } from './database.ts';
import { META, readAccount, readMeta } from './meta.ts';
import { replicaOf } from './replica-tables.ts';
import type { SyncState } from './store.ts';
import { type Touched, touch } from './touch.ts';

/** What the device knows of itself and its service. */
export interface Identity extends SyncMeta {
  readonly device: string;
  readonly token: string | null;
  readonly owner: string | null;
  readonly role: EnrolAnswer['role'] | null;
  /** Device's clock − service's clock, ms, as last measured. */
  readonly clockOffset: number | null;
  /** The office's public key (hex), to which bundles are encrypted. */
  readonly officeKey: string | null;
}

export interface Sealed extends RoundStore {
  /** The database's name: what tabs on the same store share their locks by. */
  readonly name: string;
  identity(): Promise<Identity>;
  /** Keeps what the service said at enrolment. When it is another service than before, sync starts over. */
  enrolled(answer: EnrolAnswer): Promise<void>;
  /** Who is signed in on this device, as the service last said; null when nobody is. */
  account(): Promise<Account | null>;
  /** Forgets who was signed in. What is stored stays, and waits for the next sign-in to be sent. */
  signedOut(): Promise<void>;
  /** Device's clock − service's, ms, as measured since the app started; null when it was not, or the clock was set. */
  clockAhead(): number | null;
  setSync(patch: Partial<SyncState>): void;
  /** Called after this or another tab wrote something to be sent. Returns how to stop listening. */
  onCommitted(listener: () => void): () => void;
  /** Has the tab that syncs try now. */
  nudge(): void;
}

/** Of what another device made, when nothing of its mark is left: the service may know it already. */
const UNMARKED: Pick<CarriedChange, 'offset' | 'mark'> = { offset: null, mark: null };

/** The database functions of the seam; `publish` shows in this and the other tabs what a transaction wrote. */
export const createSealed = (
  db: OnsiteDatabase,
  publish: (touched: Touched) => void,
): Omit<Sealed, 'setSync' | 'onCommitted' | 'nudge'> => {
  const tables = [...db.shown, db.history, db.meta];
  const clock = createDeviceClock(
    () => Date.now(),
    () => performance.now(),
  );
  const inDatabase = replicaOf(db);

  /** A transaction, and what it changed shown. */
  const write = async <T>(
    work: (tx: Replica) => Promise<Partial<Settled> & { result: T }>,
  ): Promise<T> => {
    const { touched, result } = await db.transaction('rw', tables, async () => {
      const { rows = [], orders = [], result } = await work(inDatabase);
      return { touched: await touch(db, [...orders, ...rows.flatMap(orderOf)], rows), result };
    });
    publish(touched);
    return result;
  };
  /** One that shows nothing. */
  const quietly = <T>(work: (tx: Replica) => Promise<T>): Promise<T> =>
    db.transaction('rw', tables, () => work(inDatabase));

  const startOver = (epoch: string, asked: Asked) =>
    write(async (tx) => ({
      orders: await recollect.startOver(tx, epoch, asked),
      result: undefined,
    }));

  return {
    name: db.name,
    identity: () => readMeta(db),
    syncMeta: () => readMeta(db),
    account: () => readAccount(db),
    signedOut: () => db.meta.bulkDelete([META.token, META.role, META.owner, META.account]),
    enrolled: async ({ token, epoch, officeKey, ...account }) => {
      const known = await readMeta(db);
      if (known.epoch !== epoch) await startOver(epoch, known);
      const before = await readAccount(db);
      await db.meta.bulkPut([
        { key: META.token, value: token },
        { key: META.role, value: account.role },
        { key: META.owner, value: account.owner },
        { key: META.account, value: account },
        ...(officeKey ? [{ key: META.officeKey, value: officeKey }] : []),
      ]);
      // Another team's orders are all new here, however old they are.
      if (before && before.organisation.id !== account.organisation.id) {
        await db.meta.put({ key: META.cursor, value: 0 });
      }
    },
    nextChanges: () =>
      quietly(async (tx) => {
        const { device } = await readMeta(db);
        return (await replica.nextChanges(tx)).map(({ order, change }) => {
          const isMarked = change.device === device || 'mark' in change;
          return { order, change: isMarked ? change : { ...change, ...UNMARKED } };
        });
      }),
    settle: (sent, answer, asked) =>
      write(async (tx) => {
        const settled = await replica.settle(tx, sent, answer, asked);
        return { ...settled, result: settled.count };
      }),
    applyPage: (page, asked) =>
      write(async (tx) => {
        const { officeKey } = page;
        if (officeKey && officeKey !== (await readMeta(db)).officeKey) {
          await db.meta.put({ key: META.officeKey, value: officeKey });
        }
        return { rows: await applyPage(tx, page, asked), result: undefined };
      }),
    startOver,
    nextOffers: (walk) => quietly((tx) => recollect.nextOffers(tx, walk)),
    settleOffers: (offers, answer, asked) =>
      write(async (tx) => {
        const { device } = await readMeta(db);
        const settled = await recollect.settleOffers(tx, offers, answer, device, asked);
        return { ...settled, result: settled.count };
      }),
    recollected: (asked) => quietly((tx) => recollect.recollected(tx, asked)),

    nextAttachment: async (tried) => {
      const rows = await db.attachments
        .where('waiting')
        .above('')
        .filter(({ sha256, code }) => code === undefined && !tried.has(sha256))
        .toArray();
      for (const { sha256, waiting } of rows) {
        const order = await firstTold(db, waiting);
        const bytes = order && (await readFile(db, sha256));
        if (order && bytes) return { order, sha256, bytes };
      }
      return null;
    },

    attachmentStored: ({ sha256 }) =>
      write(async (tx) => {
        const row = await db.attachments.get(sha256);
        if (!row) return { result: undefined };
        const { code: _, message: __, ...rest } = row;
        await db.attachments.put({ ...rest, waiting: [] });
        const { device, owner } = await readMeta(db);
        const { rows } = await replica.noteStored(
          tx,
          row,
          Date.now(),
          { device, by: owner ?? '' },
          uuid,
        );
        return { rows, orders: row.waiting, result: undefined };
      }),

    attachmentRefused: (sha256, { code, message }) =>
      write(async () => {
        const row = await db.attachments.get(sha256);
        if (row) await db.attachments.put({ ...row, code, message });
        return { orders: [...(row?.waiting ?? [])], result: undefined };
      }),

    clockMeasured: async (offset, error) => {
      const value = Math.round(clock.heard(offset, error));
      await db.meta.put({ key: META.clockOffset, value });
    },

    clockAhead: () => {
      const ahead = clock.ahead();
      return ahead === null ? null : Math.round(ahead);
    },

    waiting: async () => {
      const [waiting, sent, attachments, refused] = await Promise.all([
        queued(db, 'waiting').count(),
        queued(db, 'sent').count(),
        db.attachments.where('waiting').above('').distinct().count(),
        db.attachments.where('refused').equals(1).count(),
      ]);
      return waiting + sent + attachments - refused;
    },
  };
};

/**
 * The first of some orders whose changes have all been answered. Of another the service may know nothing
 * yet: typed just now, with its photo, it would be refused that.
 */
const firstTold = async (
  db: OnsiteDatabase,
  orders: readonly string[],
): Promise<string | undefined> => {
  for (const order of orders) {
    const untold = ['waiting', 'sent'].map((status) => [order, status]);
    if ((await db.outbox.where('[order+status]').anyOf(untold).count()) === 0) return order;
  }
  return undefined;
};

/** The order a record belongs to; none while that is not known yet. */
const orderOf = ({ order }: { readonly order: string }): string[] => (order === '' ? [] : [order]);
