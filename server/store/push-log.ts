/** The log's tables as a push reads and writes them: what it is judged by, and what it left. */
import { and, desc, eq, inArray, type SQL, sql } from 'drizzle-orm';
import { type Recollected, replacedBy } from '../../domain/sync/change.ts';
import {
  byFieldKey,
  emptyLog,
  type FieldHeads,
  fieldKey,
  type Log,
  type LoggedChange,
  namedBytes,
  namedOrder,
} from '../../domain/sync/log.ts';
import type { RecordKind } from '../../domain/sync/record.ts';
import type { Home } from '../rights.ts';
import { insertRows, rowsOf, texts, uuids } from './bulk.ts';
import type { Database } from './database.ts';
import type { Author } from './devices.ts';
import { loggedText, readColumns, readRows } from './json.ts';
import { attachments, changes, fields, orders, records } from './schema.ts';

export type StoredChange = typeof changes.$inferSelect;

/** What a push wrote, and where. */
export interface Taken {
  /** By order, whose it is. */
  readonly homes: Map<string, Home>;
  /** By order that was not there yet, who begins it. */
  readonly begun: Map<string, Author>;
  /** By change. */
  readonly authors: ReadonlyMap<string, Author>;
}

/** Where the log ends, and whether it is still the one that a device knew. */
export const positions = (db: Database) => ({
  end: async () => {
    const [end] = await db
      .select({ seq: changes.seq, mark: changes.mark })
      .from(changes)
      .orderBy(desc(changes.seq))
      .limit(1);
    return end ?? null;
  },
  markAt: async (seq: number) => {
    const [found] = await db
      .select({ mark: changes.mark })
      .from(changes)
      .where(eq(changes.seq, seq));
    return found?.mark ?? null;
  },
});

/** What is known of everything that the pushed changes touch; `homes` learns whose the orders are. */
export async function readLog(
  tx: Database,
  pushed: readonly Recollected[],
  homes: Map<string, Home>,
  last: number,
): Promise<Log> {
  const recordIds = new Set(
    pushed.flatMap((change) => [change.record, namedOrder(change) ?? []].flat()),
  );
  const log = emptyLog(last);
  const [known, found, again] = await Promise.all([
    readColumns<KnownRecord>(
      tx,
      sql`select r.id, r."order", r.kind, o.team, o.branch from ${rowsOf(records, recordIds, 'r')}
        cross join lateral (select * from orders where id = r."order" offset 0) o`,
    ),
    readRows<KnownField>(
      tx,
      // As in `rowsOf`.
      sql`select concat('{"at":', f.at, ',"past":', f.past, ',"others":', f.others,
          ',"winner":', ${loggedText('c')}, '}') as row
        from (select distinct record, field from unnest(
          ${uuids(pushed.map(({ record }) => record))}, ${texts(pushed.map(({ field }) => field))}
        ) asked (record, field)) p
        cross join lateral (
          select * from fields where record = p.record and field = p.field offset 0
        ) f cross join lateral (select * from changes where seq = f.seq offset 0) c`,
    ),
    // What came before and comes again.
    readChanges(
      tx,
      pushed.map(({ id }) => id),
    ),
  ]);
  for (const { id, order, kind, team, branch } of known) {
    log.records.set(id, { order, kind });
    log.records.set(order, { order, kind: 'order' });
    homes.set(order, { team, branch });
  }
  const remember = (change: LoggedChange) => log.changes.set(change.id, change);
  again.forEach(remember);
  const seqs = found.flatMap(({ others }) => others);
  const others = seqs.length > 0 ? await readLogged(tx, seqsOf(seqs)) : [];
  const kept = byFieldKey(others);
  for (const { at, past, winner } of found) {
    remember(winner);
    log.fields.set(fieldKey(winner), {
      at,
      past,
      winner,
      others: kept.get(fieldKey(winner)) ?? [],
    });
  }
  others.forEach(remember);
  // Most changes replace the one that counts, which has just been read.
  const unread = pushed.flatMap(replacedBy).filter((id) => !log.changes.has(id));
  if (unread.length > 0) (await readChanges(tx, unread)).forEach(remember);
  return log;
}

type KnownRecord = Readonly<Record<'id' | 'order' | 'team' | 'branch', string>> & {
  readonly kind: RecordKind;
};

interface KnownField extends Pick<FieldHeads, 'at' | 'past' | 'winner'> {
  /** Seqs. */
  readonly others: readonly number[];
}

const seqsOf = (seqs: readonly number[]): SQL =>
  sql`(select * from changes where seq = any(${`{${seqs}}`}::bigint[]) order by seq) c`;

const readChanges = (tx: Database, ids: readonly string[]): Promise<LoggedChange[]> =>
  readLogged(tx, rowsOf(changes, ids, 'c'));

/** @param from some rows of `changes` as `c`, for a `from` */
const readLogged = (tx: Database, from: SQL): Promise<LoggedChange[]> =>
  readRows(tx, sql`select ${loggedText('c')} as row from ${from}`);

/** Which of the bytes that the changes say to have arrived have. Most pushes name none. */
export async function readStored(
  tx: Database,
  log: Log,
  pushed: readonly Recollected[],
  authors: Iterable<Author>,
): Promise<void> {
  const named = pushed.flatMap((change) => namedBytes(change) ?? []);
  const teams = [...new Set([...authors].flatMap(({ home }) => home.team ?? []))];
  if (named.length === 0 || teams.length === 0) return;
  const found = await tx
    .select({ sha256: attachments.sha256 })
    .from(attachments)
    .where(and(inArray(attachments.team, teams), inArray(attachments.sha256, named)));
  for (const { sha256 } of found) log.stored.add(sha256);
}

/** A change as the rules know it. Spelt out, since hundreds at once are read, and `...rest` is slow. */
export const loggedChange = (stored: StoredChange): LoggedChange => {
  const { seq, id, record, field, value, was, settles, time, device, by, place } = stored;
  const change = { seq, id, record, field, value, was, time, device, by, place };
  return settles ? { ...change, settles } : change;
};

/** A change as the log keeps it: `sender`, `receivedAt` and `mark` are the same for a whole push. */
export const storedChange = (
  { seq, id, record, field, value, was, settles, time, device, by, place }: LoggedChange,
  { sender, receivedAt, mark }: Pick<StoredChange, 'sender' | 'receivedAt' | 'mark'>,
): StoredChange => {
  const kept = settles ? [...settles] : null;
  // Spelt out, as above.
  // biome-ignore format: one line reads better than a column
  return { seq, id, record, field, value, was, settles: kept, time, device, by, place, sender, receivedAt, mark };
};

/**
 * Appends the changes, with what they make known, and says of each field what counts now: statements
 * that were sent, in their order, without waiting for each other.
 */
export function writeLog(
  tx: Database,
  log: Log,
  added: readonly StoredChange[],
  taken: Taken,
  now: number,
): Promise<unknown>[] {
  const { known, begun } = touchedOrders(log, added, taken, now);
  const states = touchedFields(log, taken);
  const sent: Promise<unknown>[] = [];
  // `then` is what sends a statement.
  const send = (statement: SQL) => sent.push(tx.execute(statement).then());
  if (known.length > 0) {
    send(sql`update orders set "receivedAt" = ${now} where id = any(${uuids(known)})`);
  }
  if (begun.length > 0) send(insertRows(orders, begun));
  if (log.addedRecords.length > 0) send(insertRows(records, log.addedRecords));
  if (added.length > 0) send(insertRows(changes, added));
  send(
    sql`${insertRows(fields, states)} on conflict (record, field)
      do update set seq = excluded.seq, at = excluded.at, past = excluded.past,
        others = excluded.others`,
  );
  return sent;
}

/** The orders whose changes were added: those that were there, and those that now begin; `homes` learns whose. */
function touchedOrders(
  log: Log,
  added: readonly StoredChange[],
  { homes, begun, authors }: Taken,
  now: number,
) {
  const touched = new Map(
    added.flatMap(({ id, record }) => {
      const order = log.records.get(record)?.order;
      return order ? [[order, id]] : [];
    }),
  );
  const known = [...touched.keys()].filter((id) => homes.has(id));
  const news = [...touched].flatMap(([id, change]) => {
    if (homes.has(id)) return [];
    const { team, branch } = begun.get(id)?.home ?? {};
    const owner = begun.get(id)?.user ?? authors.get(change)?.user;
    if (!team || !branch || !owner) throw new Error('an order belongs to a team');
    homes.set(id, { team, branch });
    return [{ id, team, branch, owner, receivedAt: now }];
  });
  return { known, begun: news };
}

/** What counts now in each field that the push touched. */
const touchedFields = (log: Log, { homes }: Taken) =>
  [...log.touched].flatMap((key) => {
    const state = log.fields.get(key);
    if (!state) return [];
    const { at, winner, others, past } = state;
    const { record, field, seq } = winner;
    const team = homes.get(log.records.get(record)?.order ?? '')?.team;
    if (!team) throw new Error('an order belongs to a team');
    const seqs = others.map((other) => other.seq).sort((a, b) => a - b);
    return [{ record, field, seq, at, past: [...past], others: seqs, team }];
  });
