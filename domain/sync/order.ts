/** Invariant 5 of the sync: one order of changes, decided once by the server. */

/**
 * Where a change stands in the order of its field: the device's time corrected by its measured
 * clock offset, but never in the server's future, and always after what it replaced.
 *
 * "Never before what it replaced" comes last: a chain of changes made within one millisecond may
 * pass the server's now by as many milliseconds, but is never reversed.
 *
 * @param change.time the device's clock when the change was made, ms
 * @param change.offset server clock − device clock as measured, ms
 * @param change.wasOrder the order of the change it replaced, null for a first value
 * @param change.now the server's clock, ms
 */
export function orderOf(change: {
  readonly time: number;
  readonly offset: number;
  readonly wasOrder: number | null;
  readonly now: number;
}): number {
  const made = Math.min(change.time + change.offset, change.now);
  return change.wasOrder === null ? made : Math.max(made, change.wasOrder + 1);
}

/** A change with its place in the order. */
export interface Ordered {
  readonly id: string;
  readonly order: number;
}

/** The one of two changes whose value wins: the later, ties by change id. The same on every replica. */
export const later = <T extends Ordered>(a: T, b: T): T =>
  a.order > b.order || (a.order === b.order && a.id > b.id) ? a : b;
