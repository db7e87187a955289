/** The table of member numbers: which rows of which orders hold a number. */
import { phoneDigits } from '../../domain/china/phone.ts';
import type { StoredRecord } from '../../domain/sync/record.ts';
import type { Blind, NumberRow, OnsiteDatabase } from './database.ts';

/** The digits of a member's number, however it was typed; empty for a member without one, or a removed one. */
export const memberDigits = ({ kind, values }: StoredRecord): string => {
  const number = values['member.number'];
  const stands = kind === 'member' && values['member.deleted'] !== true;
  return stands && typeof number === 'string' ? phoneDigits(number) : '';
};

/** What the table holds of a record; null for what is no member with a number. */
export const numberRowOf = (record: StoredRecord, blind: Blind): NumberRow | null => {
  const digits = memberDigits(record);
  return digits ? { id: record.id, order: record.order, key: blind(digits) } : null;
};

/**
 * Brings the table up to date with records that a transaction wrote. Inside that transaction.
 *
 * @returns the keys of the numbers that came, went or moved
 */
export const keepNumbers = async (
  db: OnsiteDatabase,
  changed: readonly StoredRecord[],
): Promise<ReadonlySet<string>> => {
  // A record that was written twice counts as it was written last.
  const after = new Map(
    changed
      .filter(({ kind }) => kind === 'member')
      .map((row) => [row.id, numberRowOf(row, db.blind)]),
  );
  const keys = new Set<string>();
  if (after.size === 0) return keys;
  const ids = [...after.keys()];
  const before = await db.numbers.bulkGet(ids);
  const kept: NumberRow[] = [];
  const gone: string[] = [];
  for (const [i, id] of ids.entries()) {
    const [was, is] = [before[i], after.get(id)];
    if (was?.key === is?.key && was?.order === is?.order) continue;
    if (was) keys.add(was.key);
    if (is) {
      keys.add(is.key);
      kept.push(is);
    } else gone.push(id);
  }
  await db.numbers.bulkPut(kept);
  await db.numbers.bulkDelete(gone);
  return keys;
};
