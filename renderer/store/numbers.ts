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

/** What a transaction has to write into the table, and the keys of the numbers that came, went or moved. */
export interface NumberChanges {
  readonly kept: readonly NumberRow[];
  readonly gone: readonly string[];
  readonly keys: ReadonlySet<string>;
}

/**
 * Compares the table with records that a transaction writes. Inside that transaction.
 *
 * @param isNew whether a record was not there before: the table has nothing of it then
 */
export const compareNumbers = async (
  db: OnsiteDatabase,
  changed: readonly StoredRecord[],
  isNew: (record: string) => boolean = () => false,
): Promise<NumberChanges> => {
  // A record that was written twice counts as it was written last.
  const after = new Map(
    changed
      .filter(({ kind }) => kind === 'member')
      .map((row) => [row.id, numberRowOf(row, db.blind)]),
  );
  const keys = new Set<string>();
  const kept: NumberRow[] = [];
  const gone: string[] = [];
  const known = [...after.keys()].filter((id) => !isNew(id));
  const rows = known.length > 0 ? await db.numbers.bulkGet(known) : [];
  const before = new Map(known.map((id, i) => [id, rows[i]]));
  for (const [id, is] of after) {
    const was = before.get(id);
    if (was?.key === is?.key && was?.order === is?.order) continue;
    if (was) keys.add(was.key);
    if (is) {
      keys.add(is.key);
      kept.push(is);
    } else gone.push(id);
  }
  return { kept, gone, keys };
};
