import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Recollected, Rejection } from '../../domain/sync/change.ts';
import type { Log } from '../../domain/sync/log.ts';
import { takePush } from '../../domain/sync/serve.ts';
import { type ChangesDetail, changesDigest } from '../audit/entry.ts';
import { type Home, type Scope, within } from '../rights.ts';
import { note } from './audit.ts';
import { type Database, LOCKS } from './database.ts';
import type { Author } from './devices.ts';
import { tellNudge } from './nudges.ts';
import { chainOf } from './organisations.ts';
import {
  positions,
  readLog,
  readStored,
  type StoredChange,
  storedChange,
  type Taken,
  writeLog,
} from './push-log.ts';
import type { Sender } from './sessions.ts';

/** A change whose form, size and device have been checked. */
export interface Pushed {
  readonly change: Recollected;
  /** The server's clock − the clock of the device that made it, ms. */
  readonly offset: number;
  /** In whose name it is made; null when that could not be shown, and then it has to be known. */
  readonly author: Author | null;
}

/** Whose device brings changes. */
export type Carrier = Pick<Sender, 'user' | 'device' | 'home'>;

export interface Push {
  readonly changes: readonly Pushed[];
  /** Where the device saw the log end. */
  readonly position: string | null;
  /** Null: somebody at the service's own machine. */
  readonly carrier: Carrier | null;
  /** The orders for which the carrier may bring changes: `carryScopeOf`; null: all. */
  readonly scope: Scope | null;
  /** The server's clock, ms. */
  readonly now: number;
}

const NOT_PROVED = {
  code: 'not-proved',
  message: '无法确认这一项出自哪台设备，请在原来的设备上上传',
};

/**
 * Takes the changes into the log, each judged on its own; one verdict for each, in their order. Whose
 * orders were changed is told with the commit.
 */
export function push(db: Database, request: Push): ReturnType<typeof takePush> {
  return db.transaction(async (tx) => {
    const taken: Taken = {
      homes: new Map(),
      begun: new Map(),
      authors: new Map(
        request.changes.flatMap(({ change, author }) => (author ? [[change.id, author]] : [])),
      ),
    };
    const { homes, begun } = taken;
    const { position, scope, now } = request;
    let records: Log['records'] = new Map();
    /** Whose an order is, or will be should this author's change begin it. */
    const homeOf = (order: string, author: Author): Home => {
      // Until one of its changes was taken, the next one may begin it.
      if (!homes.has(order) && !records.has(order)) begun.set(order, author);
      return homes.get(order) ?? begun.get(order)?.home ?? author.home;
    };
    const { end, markAt } = positions(tx);
    const { verdicts, ...answer } = await takePush(
      {
        markAt,
        // The lock comes first: under read committed, what follows sees all that earlier pushes
        // committed. In all copies of the service, until the transaction ends.
        lockedEnd: async () => {
          // `then` sends it now; the next statement need not wait for the answer.
          const locked = tx.execute(sql`select pg_advisory_xact_lock(${LOCKS.push})`).then();
          const [found] = await Promise.all([end(), locked]);
          return found;
        },
        read: async (pushed, last) => {
          const log = await readLog(tx, pushed, homes, last);
          records = log.records;
          await readStored(tx, log, pushed, taken.authors.values());
          return log;
        },
        write: async (log, mark) => {
          const added = log.added.map((change) => {
            const sender = authorOf(taken, change).user;
            return storedChange(change, { sender, receivedAt: now, mark });
          });
          // Sent without waiting for each other: the database works on one while the next is put together,
          // and takes them in this order. When one fails, those behind it do too.
          const written = writeLog(tx, log, added, taken, now);
          const homeOfChange = ({ record }: StoredChange): Home => {
            const order = log.records.get(record)?.order ?? '';
            return homes.get(order) ?? begun.get(order)?.home ?? {};
          };
          const touched = new Map(
            added.map(homeOfChange).map((home) => [home.team ?? '', home] as const),
          );
          const device = request.carrier?.device ?? '';
          const told = [...touched.values()].map((home) => tellNudge(tx, { home, device }));
          await Promise.all([
            ...written,
            ...told,
            ...noteAccepted(tx, added, homeOfChange, request),
          ]);
        },
      },
      {
        position,
        changes: request.changes.map(({ change }) => change),
        mark: randomBytes(8).toString('hex'),
        judging: (index) => {
          const { offset = 0, author = null } = request.changes[index] ?? {};
          return {
            ...{ offset, now },
            mayWrite: (order) => {
              if (!author?.scope) return false;
              const home = homeOf(order, author);
              return within(author.scope, home) && (scope === null || within(scope, home));
            },
          };
        },
      },
    );
    return {
      ...answer,
      verdicts: verdicts.map((verdict, index) =>
        // What is there already under this id needs no proof, and is no other.
        'code' in verdict && verdict.code !== 'id-reused' && !request.changes[index]?.author
          ? { ...verdict, ...NOT_PROVED }
          : verdict,
      ),
    };
  });
}

/** In whose name a change was taken. */
const authorOf = ({ authors }: Taken, { id }: { readonly id: string }): Author => {
  const author = authors.get(id);
  if (!author) throw new Error('a change without an author');
  return author;
};

/**
 * Tells the audit trail of what was accepted, where the orders belong: one entry covers it all, by its
 * digest; of a file with orders of several branches one for each row of changes in the same branch.
 */
function noteAccepted(
  tx: Database,
  added: readonly StoredChange[],
  homeOfChange: (change: StoredChange) => Home,
  { carrier, now }: Push,
): Promise<void>[] {
  const runs: { readonly organisation: string | undefined; readonly changes: StoredChange[] }[] =
    [];
  for (const change of added) {
    const organisation = chainOf(homeOfChange(change));
    const run = runs.at(-1);
    if (run && run.organisation === organisation) run.changes.push(change);
    else runs.push({ organisation, changes: [change] });
  }
  return runs.flatMap(({ organisation, changes }) => {
    const [first, last] = [changes[0], changes.at(-1)];
    if (!first || !last) return [];
    const detail: ChangesDetail = { from: first.seq, to: last.seq, digest: changesDigest(changes) };
    return note(tx, {
      ...{ organisation, at: now, action: 'changes', detail },
      ...{ actor: carrier?.user, device: carrier?.device },
    });
  });
}

/** Tells the audit trail what the service did not take, by id and reason. */
export const noteRejections = (
  db: Database,
  carrier: Carrier | null,
  rejections: readonly Rejection[],
  now: number,
): Promise<void> =>
  note(db, {
    organisation: chainOf(carrier?.home ?? {}),
    ...{ at: now, actor: carrier?.user, device: carrier?.device, action: 'rejected' },
    detail: rejections.map(({ change, code }) => [change, code]),
  });
