/**
 * What a record knows of what the service said of its fields. A record shows one value a field; what the
 * service said differs from it only while a change of this device waits for its receipt, or was refused.
 */
import { type Change, type FieldValue, replacedBy } from './change.ts';
import { isPast, tailOf, withTails } from './past.ts';
import type { ServerField, StoredRecord, Version } from './record.ts';
import type { HistoryRow, OutboxRow } from './tables.ts';
import type { FieldState } from './wire.ts';

const versionOfChange = ({ id, value, was, settles, time, device, by }: Change): Version => ({
  change: id,
  value,
  was,
  ...(settles ? { settles } : {}),
  time,
  device,
  by,
});

/** A change again, from what the service said of it. */
export const changeOfVersion = (
  record: string,
  field: string,
  { change: id, order: _, settles, ...version }: Version,
): Change => ({ id, record, field, ...version, ...(settles ? { settles: [...settles] } : {}) });

/** The ids of the changes that the service is known to have of a record: what counts, and what stands beside it. */
export const confirmedIn = ({ server = {} }: StoredRecord): string[] =>
  Object.values(server).flatMap(({ winner, others = [] }) =>
    [winner, ...others].map(({ change }) => change),
  );

/** All that the service said of a field, the one that counts first, with its value filled in. */
export const versionsOf = (row: StoredRecord, field: string): Version[] => {
  const said = row.server?.[field];
  if (!said) return [];
  const value = said.winner.value === undefined ? row.values[field] : said.winner.value;
  return [{ ...said.winner, value: value ?? null }, ...(said.others ?? [])];
};

const historyOf = (row: StoredRecord, field: string, versions: readonly Version[]): HistoryRow[] =>
  versions.map((version) => ({ id: version.change, record: row.id, field, version }));

/** A record that is being written: a page tells of many fields of each, and copies it only once. */
interface Draft extends StoredRecord {
  order: string;
  readonly values: Record<string, FieldValue>;
  readonly changes: Record<string, string>;
  readonly server: Record<string, ServerField>;
}

export const draftOf = (row: StoredRecord): Draft => ({
  ...row,
  values: { ...row.values },
  changes: { ...row.changes },
  server: { ...row.server },
});

/**
 * Notes what the service says of a field and, unless a change of this device covers it, shows it.
 *
 * @returns whether there was anything to note
 */
const noteSaid = (
  row: Draft,
  field: string,
  said: ServerField,
  [winner]: readonly Version[],
  isCovered: boolean,
): boolean => {
  if (!winner) return false;
  const { value, ...rest } = winner;
  const isShown = row.changes[field] === winner.change;
  row.server[field] = { ...said, winner: isShown || !isCovered ? rest : winner };
  if (isShown || isCovered) return true;
  row.values[field] = value;
  row.changes[field] = winner.change;
  row.order = orderOf(row);
  return true;
};

/** A record after one of its changes got a receipt. */
export const withReceipt = (
  stored: StoredRecord,
  change: Change,
  seq: number,
  generation: number,
  replaced: HistoryRow[],
): StoredRecord => {
  const { field } = change;
  const row = draftOf(stored);
  const said = row.server?.[field];
  const before = versionsOf(row, field);
  const own = versionOfChange(change);
  const isShown = row.changes[field] === change.id;
  const isNewer = said?.generation === generation && said.seq >= seq;
  if (said && (isNewer || isPast(said.past, change.id))) {
    // The service has told of the field since it took the change: what it said holds.
    if (!before.some((version) => version.change === change.id)) {
      replaced.push(...historyOf(row, field, [own]));
    }
    noteSaid(row, field, said, before, !isShown);
    return row;
  }
  const gone = new Set(replacedBy(change));
  const others = before.filter((version) => !gone.has(version.change));
  const past = withTails(said?.past ?? [], [...[...gone].map(tailOf), ...(change.past ?? [])]);
  replaced.push(
    ...historyOf(
      row,
      field,
      before.filter((version) => gone.has(version.change)),
    ),
  );
  const after: ServerField = {
    seq,
    generation: said?.generation ?? generation,
    winner: own,
    ...(others.length > 0 ? { others } : {}),
    ...(past.length > 0 ? { past } : {}),
  };
  noteSaid(row, field, after, [own], !isShown);
  return row;
};

/** Has a record hold what a pull told of one of its fields. Returns whether that was news. */
export const noteState = (
  row: Draft,
  { record: _, field, seq, others = [], past = [], ...winner }: FieldState,
  entries: ReadonlyMap<string, OutboxRow>,
  generation: number,
  replaced: HistoryRow[],
): boolean => {
  const said = row.server[field];
  if (said?.generation === generation && seq < said.seq) return false;
  const versions = [winner, ...others];
  const gone = versionsOf(row, field).filter(
    (before) => !versions.some(({ change }) => change === before.change),
  );
  // What a service that lost something says of a field waits until it has been told what it lost.
  if (said?.generation !== generation && gone.some(({ change }) => !isPast(past, change)))
    return false;
  replaced.push(...historyOf(row, field, gone));
  const after: ServerField = {
    seq,
    generation,
    winner,
    ...(others.length > 0 ? { others } : {}),
    ...(past.length > 0 ? { past } : {}),
  };
  return noteSaid(row, field, after, versions, entries.has(row.changes[field] ?? ''));
};

const orderOf = (row: StoredRecord): string => {
  const parent = row.values[`${row.kind}.order`];
  return row.kind === 'order' ? row.id : typeof parent === 'string' ? parent : '';
};
