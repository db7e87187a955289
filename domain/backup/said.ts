/**
 * How what two replicas heard of the service about a field becomes one: what either heard is kept, as
 * standing or as replaced, so that a service that has lost it gets it back (`replica.ts` of `sync/`).
 */
import { isPast, tailOf, withTails } from '../sync/past.ts';
import type { ServerField, StoredRecord, Version } from '../sync/record.ts';
import { versionsOf } from '../sync/replica.ts';
import type { HistoryRow } from '../sync/tables.ts';

/** Which history of the service said so is each device's own count: what another heard comes before all of it. */
const HEARD_ELSEWHERE = 0;

/** What a replica heard of a field, and all changes that stand there by it. */
interface Heard {
  readonly said: ServerField;
  readonly versions: readonly Version[];
}

const heard = (row: StoredRecord | undefined, field: string): Heard | null => {
  const said = row?.server?.[field];
  return row && said ? { said, versions: versionsOf(row, field) } : null;
};

const knowsReplaced = (one: Heard, other: Heard): boolean =>
  isPast(one.said.past, other.said.winner.change);

/**
 * A record with what both replicas heard of a field, and what is no longer told of it by that.
 *
 * @param row with the value that the merge has settled on
 * @param isTaken whether that value is `theirs`
 */
export const withBothHeard = (
  row: StoredRecord,
  field: string,
  mine: StoredRecord | undefined,
  theirs: StoredRecord,
  isTaken: boolean,
): { readonly row: StoredRecord; readonly replaced: readonly HistoryRow[] } => {
  const [here, there] = [heard(mine, field), heard(theirs, field)];
  if (!here && !there) return { row, replaced: [] };
  const isTheirs =
    !here ||
    (there !== null && (knowsReplaced(there, here) || (isTaken && !knowsReplaced(here, there))));
  const [base, other] = isTheirs ? [there, here] : [here, there];
  if (!base) return { row, replaced: [] };
  const standing = new Set(base.versions.map(({ change }) => change));
  const tails = new Set([...standing].map(tailOf));
  const past = withTails(
    base.said.past ?? [],
    (other?.said.past ?? []).filter((tail) => !tails.has(tail)),
  );
  const [winner] = base.versions;
  if (!winner) return { row, replaced: [] };
  const { value, ...rest } = winner;
  const said: ServerField = {
    ...base.said,
    ...(isTheirs ? { generation: HEARD_ELSEWHERE } : {}),
    // Left out while the record shows it.
    winner: row.changes[field] === winner.change ? rest : winner,
    ...(past.length > 0 ? { past } : {}),
  };
  const gone = (other?.versions ?? []).filter(({ change }) => !standing.has(change));
  return {
    row: { ...row, server: { ...row.server, [field]: said } },
    replaced: gone.map((version) => ({ id: version.change, record: row.id, field, version })),
  };
};
