/**
 * The service's rules: how a pushed change is judged, where it stands among the changes of its field,
 * and which two were made without knowledge of each other. Pure code over the part of the log that a
 * push touches; `push.ts` of the service and the simulator read and write that part.
 */
import {
  type Change,
  NO_BYTES,
  type Receipt,
  type Recollected,
  type Rejection,
  replacedBy,
  UNKNOWN_RECORD,
} from './change.ts';
import { sameValue } from './edits.ts';
import { checkFieldValue } from './fields.ts';
import { later, orderOf } from './order.ts';
import { isPast, tailOf, withTails } from './past.ts';
import { kindOfField, type RecordKind, STORED_FIELD } from './record.ts';

/** A change in the log, with its place among the changes of its field (`order.ts`, ms). */
export interface LoggedChange extends Change {
  /** From 1, without gaps. */
  readonly seq: number;
  readonly place: number;
}

/** What a field holds: all changes of it that nobody who knew of them has replaced. */
export interface FieldHeads {
  /** The seq of the last change of it; where a pull finds it. */
  readonly at: number;
  /** The one with the highest place: the field's value. */
  readonly winner: LoggedChange;
  /** The others: made without knowledge of the winner, and kept until a person picks. */
  readonly others: readonly LoggedChange[];
  readonly past: readonly string[];
}

/** What the log says about the records of a push, and what the push adds to it. */
export interface Log {
  readonly changes: Map<string, LoggedChange>;
  readonly records: Map<string, { readonly order: string; readonly kind: RecordKind }>;
  /** By `fieldKey`. */
  readonly fields: Map<string, FieldHeads>;
  /** The seq of the last change. */
  last: number;
  readonly added: LoggedChange[];
  readonly addedRecords: {
    readonly id: string;
    readonly order: string;
    readonly kind: RecordKind;
  }[];
  /** SHA-256 of the bytes that the changes say to have arrived, and that the service has. */
  readonly stored: Set<string>;
  /** The `fieldKey`s whose heads are new. */
  readonly touched: Set<string>;
  /** What the changes would have replaced that this push brought and that were refused. */
  readonly refused: Map<string, readonly string[]>;
}

export interface Judging {
  /** The service's clock − the device's clock, ms. */
  readonly offset: number;
  /** The service's clock, ms. */
  readonly now: number;
  /** Whether the sender may write the order, if there is one of this id already. */
  mayWrite(order: string): boolean;
}

export const emptyLog = (last: number): Log => ({
  changes: new Map(),
  records: new Map(),
  fields: new Map(),
  last,
  added: [],
  addedRecords: [],
  stored: new Set(),
  touched: new Set(),
  refused: new Map(),
});

export const fieldKey = ({ record, field }: { readonly record: string; readonly field: string }) =>
  `${record} ${field}`;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const isOfField = (one: Change, other: Change): boolean =>
  one.record === other.record && one.field === other.field;

/** The order that a change of a row says its record belongs to, if it says so. */
export const namedOrder = ({ field, value }: Change): string | null =>
  field === `${kindOfField(field)}.order` && typeof value === 'string' && UUID.test(value)
    ? value
    : null;

/** The bytes (SHA-256) that a change says the service to have, if it says so. */
export const namedBytes = ({ field, value }: Change): string | null =>
  field === STORED_FIELD && typeof value === 'string' ? value : null;

/**
 * Judges one change and, when it is good, adds it to the log in memory. Sent again it gets the same
 * receipt: `was` may differ then, since a device moves it when what it replaced was refused.
 */
export function judge(
  log: Log,
  change: Recollected,
  { offset, now, mayWrite }: Judging,
): Receipt | Rejection {
  const replaced = replacedThrough(log, change);
  const refuse = (code: string, message: string): Rejection => {
    log.refused.set(change.id, replaced);
    return { change: change.id, code, message };
  };

  const before = log.changes.get(change.id);
  if (before) {
    if (!isSame(before, change)) {
      return refuse('id-reused', '这个变更编号已用于另一处内容，请重新填写该项后再上传');
    }
    const known = log.records.get(change.record);
    if (known && mayWrite(known.order)) learnPast(log, change);
    return { change: change.id, seq: before.seq };
  }

  const kind = kindOfField(change.field);
  const home = log.records.get(change.record);
  const order = home?.order ?? (kind === 'order' ? change.record : namedOrder(change));
  if (order === null) {
    return refuse(UNKNOWN_RECORD, '服务还不知道这一行属于哪个工单，请先上传该行的其他内容');
  }
  if (!mayWrite(order)) {
    return refuse('not-yours', '这个工单属于其他人，不能修改，请联系后台');
  }
  if (home && home.kind !== kind) {
    return refuse('bad-field', '这一项与所在的记录不符，请重新填写该项');
  }
  if (home && kind !== 'order' && change.field === `${kind}.order` && change.value !== home.order) {
    return refuse('moved', '一行内容不能移到别的工单，请在那个工单里重新填写');
  }
  const orderKind = log.records.get(order)?.kind ?? 'order';
  if (!home && (orderKind !== 'order' || (kind !== 'order' && order === change.record))) {
    return refuse('bad-value', '所指的编号不是工单，请重新填写该项');
  }
  const reason = checkFieldValue(change.field, change.value);
  if (reason !== null) return refuse('bad-value', `${reason}，请改正该项`);
  const bytes = namedBytes(change);
  if (bytes !== null && !log.stored.has(bytes)) {
    return refuse(NO_BYTES, '服务没有这个文件的内容，等待重新上传');
  }

  if (!log.records.has(order)) addRecord(log, order, order, 'order');
  if (!log.records.has(change.record)) addRecord(log, change.record, order, kind);
  const { order: claimed, past = [] } = change;
  const known = replaced.flatMap((id) => log.changes.get(id) ?? []);
  const places = known.filter((one) => isOfField(one, change)).map((one) => one.place);
  // What is recollected has a place already, but never one in the future either.
  const made = claimed === undefined ? { time: change.time, offset } : { time: claimed, offset: 0 };
  const wasOrder = places.length > 0 ? Math.max(...places) : null;
  log.last += 1;
  const place = orderOf({ time: made.time, offset: made.offset, wasOrder, now });
  const logged = loggedOf(change, log.last, place);
  log.changes.set(logged.id, logged);
  log.added.push(logged);
  const key = fieldKey(logged);
  log.touched.add(key);
  const behind = [...replaced.map(tailOf), ...past];
  log.fields.set(key, withChange(log.fields.get(key), logged, behind));
  return { change: logged.id, seq: logged.seq };
}

/** What the log keeps of a change. Spelt out, since hundreds at once come here, and `...rest` is slow. */
function loggedOf(change: Change, seq: number, place: number): LoggedChange {
  const { id, record, field, value, was, settles, time, device, by } = change;
  const logged = { seq, id, record, field, value, was, time, device, by, place };
  return settles ? { ...logged, settles } : logged;
}

/**
 * A change that came by itself, and is told again by somebody who knows what it replaced. What stands
 * now stays: only what is yet to come is known to be behind it.
 */
function learnPast(log: Log, { past = [], ...change }: Recollected): void {
  const key = fieldKey(change);
  const field = log.fields.get(key);
  if (!field) return;
  const standing = new Set([field.winner, ...field.others].map(({ id }) => tailOf(id)));
  const behind = withTails(
    field.past,
    past.filter((tail) => !standing.has(tail)),
  );
  if (behind === field.past) return;
  log.fields.set(key, { ...field, past: behind });
  log.touched.add(key);
}

const isSame = (a: Change, b: Change): boolean =>
  a.record === b.record &&
  a.field === b.field &&
  a.device === b.device &&
  a.by === b.by &&
  a.time === b.time &&
  sameValue(a.value, b.value);

function addRecord(log: Log, id: string, order: string, kind: RecordKind): void {
  log.records.set(id, { order, kind });
  log.addedRecords.push({ id, order, kind });
}

/** The one of two changes of a field that counts. */
const laterOf = (a: LoggedChange, b: LoggedChange): LoggedChange =>
  later({ id: a.id, order: a.place }, { id: b.id, order: b.place }).id === a.id ? a : b;

/**
 * What a change replaces: what it names, and what a change would have replaced that it stands on and
 * that was refused in the same push (one that was carried in by hand has both).
 */
const replacedThrough = (log: Log, change: Change): readonly string[] =>
  replacedBy(change).flatMap((id) => [id, ...(log.refused.get(id) ?? [])]);

/**
 * A field after one more change of it. What the change replaced, and whatever was known to have been
 * replaced before, is behind it; everything else that stood there was made without knowledge of it.
 *
 * @param replaced tails of what it replaced, and of what is known to have been replaced before
 */
const withChange = (
  field: FieldHeads | undefined,
  change: LoggedChange,
  replaced: readonly string[],
): FieldHeads => {
  const own = tailOf(change.id);
  const more = replaced.filter((tail) => tail !== own);
  const behind = withTails(field?.past ?? [], more);
  const stood = field ? [field.winner, ...field.others] : [];
  const standing = [...stood, change].filter(({ id }) => !isPast(behind, id));
  // A past that leaves nothing standing is no device's: the last change stands.
  const heads = standing.length > 0 ? standing : [field?.winner ?? change];
  const winner = heads.reduce(laterOf);
  return {
    at: change.seq,
    winner,
    others: heads.filter(({ id }) => id !== winner.id),
    past: behind,
  };
};

/** A logged change as devices are told of it. */
export const versionOf = ({ id, value, was, settles, time, device, by, place }: LoggedChange) => {
  const version = { change: id, value, was, time, device, by, order: place };
  return settles ? { ...version, settles } : version;
};

/** Values by the key of each. */
export const byFieldKey = <T extends { readonly record: string; readonly field: string }>(
  values: readonly T[],
): ReadonlyMap<string, readonly T[]> => {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const group = groups.get(fieldKey(value));
    if (group) group.push(value);
    else groups.set(fieldKey(value), [value]);
  }
  return groups;
};
