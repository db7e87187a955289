/**
 * What a device does when the service has lost something: it pulls from the start, and tells the service
 * what it lost. Each function runs inside one transaction over the device's tables.
 */
import type { Recollected } from './change.ts';
import { told } from './past.ts';
import type { StoredRecord, Version } from './record.ts';
import { versionsOf } from './said.ts';
import { type Asked, isLate, type Replica, type Settled } from './tables.ts';
import type { PushAnswer } from './wire.ts';

/**
 * The service turned out to be another one, or to have lost what it had: it is pulled from the start,
 * and told what it lost. Returns the orders whose attachments are sent again.
 */
export const startOver = async (
  tx: Replica,
  epoch: string,
  asked: Asked,
): Promise<readonly string[]> => {
  const { epoch: known, generation } = await tx.meta();
  if (asked.generation !== generation) return [];
  const orders = await tx.resendAttachments();
  await tx.keepMeta({
    epoch,
    cursor: 0,
    position: null,
    generation: generation + 1,
    recollecting: known !== null,
  });
  return orders;
};

/** All that the service may have lost was sent again. */
export const recollected = async (tx: Replica, asked: Asked): Promise<void> => {
  const { generation } = await tx.meta();
  if (asked.generation === generation) await tx.keepMeta({ recollecting: false });
};

/** Where in the tables a device is that sends again what a service may have lost. */
export interface Walk {
  readonly table: 'records' | 'history' | 'done';
  readonly after: string;
}

export const WALK_START: Walk = { table: 'records', after: '' };

/** Rows that are looked at in one step. */
const STEP = 200;

/**
 * What the service may have lost, from some place on: first all that counts and what stands beside it,
 * then what was replaced, which the service knows to be replaced by then.
 */
export const nextOffers = async (
  tx: Replica,
  { table, after }: Walk,
): Promise<{ offers: readonly Recollected[]; next: Walk }> => {
  if (table === 'history') {
    const rows = await tx.historyAfter(after, STEP);
    const offers = rows.map(({ record, field, version }) => offerOf(record, field, version));
    const last = rows.at(-1)?.id;
    return { offers, next: last ? { table, after: last } : { table: 'done', after: '' } };
  }
  const { generation } = await tx.meta();
  const rows = await tx.recordsAfter(after, STEP);
  const offers = rows.flatMap((row) =>
    Object.entries(row.server ?? {})
      .filter(([, said]) => said.generation < generation)
      // The service has to know whose a row is before it can take the row's facts.
      .sort(([a], [b]) => Number(b.endsWith('.order')) - Number(a.endsWith('.order')))
      .flatMap(([field, { past = [] }]) =>
        versionsOf(row, field).map((version) => offerOf(row.id, field, version, past)),
      ),
  );
  const last = rows.at(-1)?.id;
  return { offers, next: last ? { table, after: last } : { table: 'history', after: '' } };
};

const offerOf = (
  record: string,
  field: string,
  { change, order, ...version }: Version,
  past: readonly string[] = [],
): Recollected => ({
  id: change,
  record,
  field,
  ...version,
  settles: version.settles ? [...version.settles] : undefined,
  order,
  past: told(past),
});

/**
 * What the service refuses to take back. A value of this device that is shown stays, with the reason;
 * of anything else the service's word is taken.
 */
export const settleOffers = async (
  tx: Replica,
  offers: readonly Recollected[],
  { rejections, ...answer }: Pick<PushAnswer, 'rejections' | 'position'>,
  device: string,
  asked: Asked,
): Promise<Settled> => {
  if (isLate(asked, await tx.meta())) return { rows: [], orders: [], count: 0 };
  const reasons = new Map(rejections.map((rejection) => [rejection.change, rejection]));
  const refused = offers.filter(({ id }) => reasons.has(id));
  const rows = new Map<string, StoredRecord>();
  let place = await tx.lastPlace();
  for (const { order: _, ...change } of refused) {
    const row = rows.get(change.record) ?? (await tx.records.get(change.record));
    const known = row ? versionsOf(row, change.field) : [];
    if (!row || !known.some((version) => version.change === change.id)) continue;
    const { [change.field]: __, ...server } = row.server ?? {};
    rows.set(row.id, { ...row, server });
    if (change.device !== device || row.changes[change.field] !== change.id) continue;
    const { code = '', message = '' } = reasons.get(change.id) ?? {};
    place += 1;
    await tx.outbox.bulkPut([
      { id: change.id, place, order: row.order, change, status: 'rejected', code, message },
    ]);
  }
  await tx.records.bulkPut([...rows.values()]);
  const pulled = rows.size > 0 ? { cursor: 0 } : {};
  await tx.keepMeta({ position: answer.position, ...pulled });
  const touched = [...rows.values()];
  return { rows: touched, orders: touched.map(({ order }) => order), count: offers.length };
};
