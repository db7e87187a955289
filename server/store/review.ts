/** Rounds of review: `domain/review/review.ts` says what they are. */
import { and, asc, desc, eq, inArray, notInArray, sql } from 'drizzle-orm';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import {
  RESUBMITTED_FIELD,
  REVIEW_FIELD,
  type Remark,
  type Review,
  type ReviewState,
  remarksSchema,
  UNREVIEWED_FIELDS,
} from '../../domain/review/review.ts';
import type { ReviewRequest, Rounds } from '../../domain/review/wire.ts';
import { checkFieldValue } from '../../domain/sync/fields.ts';
import { kindOfField } from '../../domain/sync/record.ts';
import { stateOf } from '../../domain/sync/serve.ts';
import type { FieldState } from '../../domain/sync/wire.ts';
import type { Scope } from '../rights.ts';
import { note } from './audit.ts';
import { type Database, LOCKS } from './database.ts';
import { tellNudge } from './nudges.ts';
import { chainOf } from './organisations.ts';
import { push } from './push.ts';
import { loggedChange } from './push-log.ts';
import { orderIn } from './read.ts';
import { changes, fields, orders, records, reviews, users } from './schema.ts';
import type { Sender } from './sessions.ts';

/** Why a step of a review cannot be taken. */
export type ReviewRefusal =
  | 'unknown-order'
  | 'not-your-round'
  | 'order-changed'
  | 'no-remark'
  | 'bad-remark';

/** Who does something about an order, and on which orders this person may. */
export interface Reviewing {
  readonly order: string;
  readonly sender: Sender;
  readonly scope: Scope;
  /** The server's clock, ms. */
  readonly now: number;
}

type StoredRound = typeof reviews.$inferSelect;

/** Does one step of a review; the reason when it cannot be done. */
export function review(
  db: Database,
  asked: Reviewing,
  request: ReviewRequest,
): Promise<ReviewRefusal | null> {
  return db.transaction(async (tx) => {
    // What is decided on cannot change meanwhile: pushes wait until this is done.
    await tx.execute(sql`select pg_advisory_xact_lock(${LOCKS.push})`);
    if (!(await isThere(tx, asked))) return 'unknown-order';
    const last = await lastRound(tx, asked.order);
    if (request.act === 'start') return start(tx, asked, last, request.takeOver === true);
    const isOwn = last?.reviewer === asked.sender.user && last.decidedAt === null;
    if (!isOwn || last.round !== request.round) return 'not-your-round';
    if (!(await areOfOrder(tx, asked.order, request.remarks))) return 'bad-remark';
    if (request.act === 'decide') return decide(tx, asked, last, request);
    await tx.update(reviews).set({ remarks: request.remarks }).where(isRound(last));
    return null;
  });
}

const isRound = ({ order, round }: Pick<StoredRound, 'order' | 'round'>) =>
  and(eq(reviews.order, order), eq(reviews.round, round));

async function isThere(db: Database, { order, scope }: Pick<Reviewing, 'order' | 'scope'>) {
  const found = await db
    .select({ id: orders.id })
    .from(orders)
    .where(and(eq(orders.id, order), orderIn(scope)));
  return found.length > 0;
}

async function lastRound(db: Database, order: string): Promise<StoredRound | null> {
  const [last] = await db
    .select()
    .from(reviews)
    .where(eq(reviews.order, order))
    .orderBy(desc(reviews.round))
    .limit(1);
  return last ?? null;
}

async function start(
  tx: Database,
  asked: Reviewing,
  last: StoredRound | null,
  takeOver: boolean,
): Promise<ReviewRefusal | null> {
  const { order, sender, now } = asked;
  const isOpen = last !== null && last.decidedAt === null;
  if (isOpen && last.reviewer === sender.user) return null;
  if (isOpen && !takeOver) return 'not-your-round';
  const round = isOpen ? last.round : (last?.round ?? 0) + 1;
  if (isOpen) await tx.update(reviews).set({ reviewer: sender.user }).where(isRound(last));
  else {
    await tx.insert(reviews).values({
      ...{ order, round, reviewer: sender.user, startedAt: now },
      ...{ decidedAt: null, decision: null, remarks: [], shown: [], seq: null },
    });
  }
  await tell(tx, asked, { round, state: 'reviewing', by: sender.name, at: now, remarks: [] });
  await noteStep(tx, asked, { round, act: isOpen ? 'taken-over' : 'started' });
  return null;
}

async function decide(
  tx: Database,
  asked: Reviewing,
  { round }: StoredRound,
  { decision, remarks, seen }: Extract<ReviewRequest, { act: 'decide' }>,
): Promise<ReviewRefusal | null> {
  if (decision === 'returned' && remarks.length === 0) return 'no-remark';
  const { order, sender, now } = asked;
  const current = await tx
    .select({ seq: fields.seq, at: fields.at })
    .from(fields)
    .innerJoin(records, eq(records.id, fields.record))
    .where(and(eq(records.order, order), isReviewed))
    .orderBy(asc(fields.seq));
  const seq = Math.max(0, ...current.map(({ at }) => at));
  if (seq !== seen) return 'order-changed';
  const shown = current.map((one) => one.seq);
  await tx
    .update(reviews)
    .set({ decidedAt: now, decision, remarks, shown, seq })
    .where(isRound({ order, round }));
  await tell(tx, asked, { round, state: decision, by: sender.name, at: now, remarks });
  await noteStep(tx, asked, { round, act: decision, remarks: remarks.length });
  return null;
}

const isReviewed = notInArray(fields.field, [...UNREVIEWED_FIELDS]);

/** Each remark is about a field that there is, of a record of the order. */
async function areOfOrder(tx: Database, order: string, remarks: readonly Remark[]) {
  if (remarks.length === 0) return true;
  const found = await tx
    .select({ id: records.id, kind: records.kind })
    .from(records)
    .where(
      and(
        eq(records.order, order),
        inArray(
          records.id,
          remarks.map(({ record }) => record),
        ),
      ),
    );
  const kinds = new Map(found.map(({ id, kind }) => [id, kind]));
  return remarks.every(({ record, field }) => {
    const kind = kinds.get(record);
    if (field === null) return kind !== undefined;
    return kind === kindOfField(field) && checkFieldValue(field, null) === null;
  });
}

/** Has the team's devices know, as a field of the order that they pull like any other. */
async function tell(tx: Database, { order, sender, now }: Reviewing, value: Review) {
  const [before] = await tx
    .select({ change: changes.id, receivedAt: orders.receivedAt, home: homeColumns })
    .from(orders)
    .leftJoin(fields, and(eq(fields.record, orders.id), eq(fields.field, REVIEW_FIELD)))
    .leftJoin(changes, eq(changes.seq, fields.seq))
    .where(eq(orders.id, order));
  if (!before) throw new Error('a review of no order');
  const change = {
    ...{ id: uuidv7(), record: order, field: REVIEW_FIELD, value, was: before.change },
    ...{ time: now, device: sender.device, by: sender.name.slice(0, 60) },
  };
  const scope: Scope = { kind: 'team', id: before.home.team };
  const author = { user: sender.user, home: before.home, scope };
  const told = { changes: [{ change, offset: 0, author }], position: null, carrier: sender };
  const { verdicts } = await push(tx, { ...told, scope, now });
  if (!verdicts.every((verdict) => 'seq' in verdict)) throw new Error('a review was not taken');
  // 收到时间 is when the team's last word arrived.
  await tx.update(orders).set({ receivedAt: before.receivedAt }).where(eq(orders.id, order));
  await tellNudge(tx, { home: before.home, device: sender.device });
}

const homeColumns = { team: orders.team, branch: orders.branch };

const noteStep = (tx: Database, { order, sender, now }: Reviewing, detail: object) =>
  note(tx, {
    organisation: chainOf(sender.home),
    ...{ at: now, actor: sender.user, device: sender.device, action: 'reviewed' },
    detail: { order, ...detail },
  });

/** The last round of an order, for queries that have `orders`. */
export const ofLastRound = and(
  eq(reviews.order, orders.id),
  eq(reviews.round, sql`(select max(r.round) from reviews r where r."order" = ${orders.id})`),
);

/** The state of an order, in a query that has `orders` and its last round. */
export const stateColumn = sql<ReviewState>`case
  when ${reviews.round} is null then 'uploaded'
  when ${reviews.decision} is null then 'reviewing'
  when ${reviews.decision} = 'passed' then 'passed'
  when (select nullif(c.value, 'null')::int from fields f join changes c on c.seq = f.seq
    where f.record = ${orders.id} and f.field = ${RESUBMITTED_FIELD}) >= ${reviews.round}
  then 'resubmitted' else 'returned' end`;

/** Whether the order is another one than was decided on; in the same query. */
export const changedColumn = sql<boolean>`coalesce((select max(f.at) from fields f
  join records r on r.id = f.record where r."order" = ${orders.id}
  and f.field not in ${[...UNREVIEWED_FIELDS]}) > ${reviews.seq}, false)`;

/** The rounds of an order, oldest first; null when there is no such order to read. */
export async function roundsOf(db: Database, scope: Scope, order: string): Promise<Rounds | null> {
  const [found] = await db
    .select({ state: stateColumn, changed: changedColumn })
    .from(orders)
    .leftJoin(reviews, ofLastRound)
    .where(and(eq(orders.id, order), orderIn(scope)));
  if (!found) return null;
  const rounds = await db
    .select({ round: reviews, reviewer: { id: users.id, name: users.name } })
    .from(reviews)
    .innerJoin(users, eq(users.id, reviews.reviewer))
    .where(eq(reviews.order, order))
    .orderBy(reviews.round);
  return {
    ...found,
    rounds: rounds.map(
      ({ round: { round, startedAt, decidedAt, decision, remarks }, reviewer }) => ({
        ...{ round, reviewer, startedAt, decidedAt, decision },
        remarks: remarksSchema.parse(remarks),
      }),
    ),
  };
}

/** The order as it was decided on in a round; null when there is no such round to read. */
export async function fieldsOfRound(
  db: Database,
  scope: Scope,
  order: string,
  round: number,
): Promise<FieldState[] | null> {
  const [found] = await db
    .select({ shown: reviews.shown })
    .from(reviews)
    .innerJoin(orders, eq(orders.id, reviews.order))
    .where(and(isRound({ order, round }), orderIn(scope)));
  if (!found) return null;
  const seqs = z.array(z.int()).parse(found.shown);
  const then = await db
    .select()
    .from(changes)
    .where(sql`${changes.seq} = any(${`{${seqs.join(',')}}`}::bigint[])`)
    .orderBy(changes.seq);
  return then.map((change) =>
    stateOf({ at: change.seq, winner: loggedChange(change), others: [], past: [] }),
  );
}
