/**
 * What the service does with a push and a pull, over the tables of one transaction. The service's
 * database and the simulator's memory are two of these.
 */
import type { Receipt, Recollected, Rejection } from './change.ts';
import { type FieldHeads, type Judging, judge, type Log, versionOf } from './log.ts';
import type { FieldState, PullAnswer } from './wire.ts';

/** A place in the log, and random digits that no other history has there. */
export interface Position {
  readonly seq: number;
  readonly mark: string;
}

export interface PushTables {
  /**
   * Waits until no other push is under way, in all copies of the service, and says where the log ends
   * then; null while it is empty. What is read after that is all that earlier pushes wrote; the lock
   * ends with the transaction, when its changes can be seen.
   */
  lockedEnd(): Promise<Position | null>;
  /** The mark of a change; null when the log does not reach so far. */
  markAt(seq: number): Promise<string | null>;
  /** What the log says about the records of a push. @param last the seq at its end */
  read(changes: readonly Recollected[], last: number): Promise<Log>;
  /** Writes what the push added. */
  write(log: Log, mark: string): Promise<void>;
}

/** @typeParam States a page's `FieldState[]`, or the text of it */
export interface PullTables<States> extends Pick<PushTables, 'markAt'> {
  /** Where the log ends; null while it is empty. */
  end(): Promise<Position | null>;
  /** States of fields whose last change lies behind `from` and not behind `to`, by it, and where the page ends. */
  states(from: number, to: number): Promise<{ fields: States; to: number }>;
}

export interface PushRequest {
  readonly position: string | null;
  /** Changes whose form, size and device have been checked. */
  readonly changes: readonly Recollected[];
  /** What one of them is judged by: a push may bring what several devices made. */
  judging(index: number): Judging;
  /** Random digits for what this push adds. */
  readonly mark: string;
}

const printed = (position: Position | null): string | null =>
  position && `${position.seq}.${position.mark}`;

/** Whether the log, which ends at `end`, is still the one in which a device saw this position. */
const isIntact = async (
  tables: Pick<PushTables, 'markAt'>,
  position: string | null,
  end: Position | null,
): Promise<boolean> => {
  if (position === null || position === printed(end)) return true;
  const [seq, mark] = position.split('.');
  return (await tables.markAt(Number(seq))) === mark;
};

/** Takes the changes into the log, each judged on its own; one verdict for each, in their order. */
export const takePush = async (tables: PushTables, request: PushRequest) => {
  // Otherwise a push that took seq 7 could commit after one that took seq 8, and a device that pulled
  // in between would have moved its cursor to 8 and would never see 7.
  const end = await tables.lockedEnd();
  if (!(await isIntact(tables, request.position, end))) {
    return { intact: false, position: printed(end), verdicts: [] };
  }
  const log = await tables.read(request.changes, end?.seq ?? 0);
  const verdicts: (Receipt | Rejection)[] = request.changes.map((change, index) =>
    judge(log, change, request.judging(index)),
  );
  if (log.touched.size > 0) await tables.write(log, request.mark);
  if (log.added.length === 0) return { intact: true, position: printed(end), verdicts };
  return { intact: true, position: printed({ seq: log.last, mark: request.mark }), verdicts };
};

/** The states that changed after `cursor`, oldest first, a page at a time. @param none a page without any */
export const givePull = async <States>(
  tables: PullTables<States>,
  { cursor, position }: { readonly cursor: number; readonly position: string | null },
  none: States,
): Promise<Omit<PullAnswer, 'epoch' | 'fields'> & { readonly fields: States }> => {
  // The end of the log is read before the page: a push that commits in between is left to the next
  // pull, and a device with nothing to fetch still moves past what others wrote.
  const end = await tables.end();
  const head = end?.seq ?? 0;
  if (!(await isIntact(tables, position, end))) {
    return { intact: false, position: printed(end), fields: none, cursor: 0, more: true };
  }
  // A cursor from beyond the log belongs to a history that this database has lost: start anew.
  const { fields, to } = await tables.states(cursor > head ? 0 : cursor, head);
  return { intact: true, position: printed(end), fields, cursor: to, more: to < head };
};

/** What a field holds, as devices are told of it. */
export const stateOf = ({ at, winner, others, past }: FieldHeads): FieldState => ({
  record: winner.record,
  field: winner.field,
  ...versionOf(winner),
  seq: at,
  ...(others.length > 0 ? { others: others.map(versionOf) } : {}),
  ...(past.length > 0 ? { past: [...past] } : {}),
});
