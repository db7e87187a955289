/**
 * What a device's store lacks of its journal: the rule by which a store that went back to an older state,
 * or was lost, gets again what was typed on the device. Pure code over what both hold.
 */
import { type Change, replacedBy, timeOfId } from './change.ts';
import { emptyRecord, withValue } from './edits.ts';
import { byFieldKey, fieldKey } from './log.ts';
import { isPast } from './past.ts';
import { kindOfField, type StoredRecord } from './record.ts';
import { confirmedIn } from './said.ts';

/** The changes of a journal, as far as they were read. */
export interface JournalledChanges {
  /** By id, oldest first. */
  readonly changes: ReadonlyMap<string, Change>;
  /** `record/field` → id of the last change of that field. */
  readonly latest: ReadonlyMap<string, string>;
}

/**
 * The last change of each field: of those that no other replaced, the one that was appended last. Where
 * it stands is not enough, since windows may append in another order than they committed in, and what
 * the journal lacked is appended late.
 */
export const latestOf = (changes: Iterable<Change>): Map<string, string> => {
  const all = [...changes];
  const replaced = new Set(all.flatMap(replacedBy));
  const latest = new Map<string, string>();
  for (const { id, record, field } of all) {
    if (!replaced.has(id)) latest.set(`${record}/${field}`, id);
  }
  return latest;
};

/** What a change replaced, one after the other, as far as the journal says; itself first. */
export const chainOf = ({ changes }: JournalledChanges, change: Change): readonly Change[] => {
  const chain = [change];
  for (let at = change.was; at !== null; at = chain.at(-1)?.was ?? null) {
    const before = changes.get(at);
    if (!before || chain.includes(before)) break;
    chain.push(before);
  }
  return chain;
};

/**
 * Of a field's last change: itself, and the changes of that field that no other of the journal replaced
 * or took the place of, and that may stand beside it at the service. A change that took the place of one
 * that never left the device stands on what that one stood on, or, where that was refused in the
 * meantime, on what was before it.
 */
export const headsOf = (journalled: JournalledChanges): ((last: Change) => readonly Change[]) => {
  const all = [...journalled.changes.values()];
  const replaced = new Set(all.flatMap(replacedBy));
  const ofField = byFieldKey(all);
  return (last) => {
    const heads = [last];
    const laterStoodOn = new Set<string | null>();
    const isTypedOver = (change: Change) =>
      chainOf(journalled, change).some(({ was }) => laterStoodOn.has(was));
    for (const change of [...(ofField.get(fieldKey(last)) ?? [])].reverse()) {
      const { id, was } = change;
      if (id !== last.id && !replaced.has(id) && !isTypedOver(change)) heads.push(change);
      laterStoodOn.add(was);
    }
    return heads;
  };
};

/** What the store has of the records that the candidates are of. */
export interface Held {
  readonly rows: ReadonlyMap<string, StoredRecord>;
  /** Ids in the outbox, and of what was replaced since the service had it. */
  readonly queued: ReadonlySet<string>;
  readonly history: ReadonlySet<string>;
}

/** What one look at the journal may do to the store. */
export interface Taking {
  /** Whether all of the journal was read, or only its end. */
  readonly whole: boolean;
  /** Device's clock (ms) when the store was opened: what was made since is later than the journal. */
  readonly since: number;
}

/** What the store is to write. */
export interface Lacking {
  readonly rows: readonly StoredRecord[];
  /** Changes for the outbox, as `sent`: they may have reached the service, which takes each once. */
  readonly queued: readonly { readonly order: string; readonly change: Change }[];
  /** Outbox entries that go: they never left the device. */
  readonly replaced: readonly string[];
  /** How many fields get their value back. */
  readonly taken: number;
}

/**
 * A field's last journalled change that is not its value, does not wait to be sent and is not known to
 * the service, where the store's own value is none or was journalled earlier. A value that was pulled
 * since is later, and one that was typed since too.
 *
 * @param candidates last journalled changes of their fields
 */
export const lackingOf = (
  journalled: JournalledChanges,
  candidates: readonly Change[],
  { rows, queued, history }: Held,
  { whole, since }: Taking,
): Lacking => {
  const { changes, latest } = journalled;
  const confirmed = new Set([...rows.values()].flatMap(confirmedIn));
  const isKnown = (id: string) => queued.has(id) || history.has(id) || confirmed.has(id);
  const written = new Map<string, StoredRecord>();
  const outgoing = new Set<string>();
  const replaced: string[] = [];
  const heads = headsOf(journalled);
  let taken = 0;
  for (const change of candidates) {
    const { id, record, field, value } = change;
    const held = rows.get(record);
    const current = held?.changes[field];
    const chain = chainOf(journalled, change);
    const isChained = chain.some((each) => each.id === current || each.was === current);
    const isEarlier =
      current === undefined ||
      changes.has(current) ||
      isChained ||
      // Of an earlier session, and compared then.
      (!whole && isKnown(current) && timeOfId(current) < since);
    const isReplaced = isPast(held?.server?.[field]?.past, id);
    if (current === id || isKnown(id) || isReplaced || !isEarlier) continue;
    taken += 1;
    // It never left the device, or the later change would name it.
    if (current !== undefined && queued.has(current) && !isChained) replaced.push(current);
    const past = held?.server?.[field]?.past;
    for (const head of heads(change).filter((each) => !isPast(past, each.id))) {
      for (const each of chainOf(journalled, head)) {
        if (each.id === current || isKnown(each.id)) break;
        outgoing.add(each.id);
      }
    }
    const parent = changes.get(latest.get(`${record}/${kindOfField(field)}.order`) ?? '')?.value;
    const order = typeof parent === 'string' ? parent : (held?.order ?? record);
    const row = written.get(record) ?? held ?? emptyRecord({ record, order, field, value });
    written.set(record, { ...withValue(row, { field, value, id }), order });
  }
  return {
    rows: [...written.values()],
    queued: [...changes.values()]
      .filter(({ id }) => outgoing.has(id))
      .map((change) => ({ order: written.get(change.record)?.order ?? change.record, change })),
    replaced,
    taken,
  };
};
