/** The members of the roster by their slots, and the edits that put numbers into slots. */
import type { Member } from '../../../domain/order/order.ts';
import type { Edit } from '../../../domain/sync/record.ts';
import type { PastedMember } from './roster-paste.ts';
import { isSlot } from './roster-slots.ts';
import { addRow, editRow, removeRow } from './row-edits.ts';

/** A member with its place in `order.members` and its record. */
export interface Seated {
  readonly index: number;
  readonly id: string;
  readonly member: Member;
}

export interface Roster {
  readonly bySlot: ReadonlyMap<number, Seated>;
  /** Members that no slot shows: without a slot, or in one that another member holds already. */
  readonly unseated: readonly Seated[];
  /** The highest slot in use; 0 when the roster is empty. */
  readonly last: number;
}

export const seatMembers = (members: readonly Member[], ids: readonly string[]): Roster => {
  const bySlot = new Map<number, Seated>();
  const unseated: Seated[] = [];
  let last = 0;
  for (const [index, member] of members.entries()) {
    const seated = { index, id: ids[index] ?? '', member };
    if (isSlot(member.slot) && !bySlot.has(member.slot)) {
      bySlot.set(member.slot, seated);
      last = Math.max(last, member.slot);
    } else unseated.push(seated);
  }
  return { bySlot, unseated, last };
};

/** The first free slot from `from` on. */
export const freeSlot = (roster: Roster, from = 1): number => {
  let slot = from;
  while (roster.bySlot.has(slot)) slot += 1;
  return slot;
};

const hasDetails = ({ name, shortNumber, note }: Member) => Boolean(name || shortNumber || note);

/**
 * What typing `number` into a slot changes. Emptying a number removes the member, unless it has a
 * name, short number or note: then the number is missing, and the checks say so.
 */
export const typeNumber = (roster: Roster, order: string, slot: number, number: string): Edit[] => {
  const seated = roster.bySlot.get(slot);
  if (!seated) return number === '' ? [] : addRow('member', order, { slot, number });
  return number === '' && !hasDetails(seated.member)
    ? removeRow('member', order, seated.id)
    : editRow('member', order, seated.id, { number });
};

/** What a paste changes: `slots[i]` gets `entries[i]`, replacing the member that is there. */
export const pasteEdits = (
  roster: Roster,
  order: string,
  entries: readonly (PastedMember | null)[],
  slots: readonly (number | null)[],
): Edit[] =>
  entries.flatMap((entry, index) => {
    const slot = slots[index];
    if (!entry || !slot) return [];
    const seated = roster.bySlot.get(slot);
    return seated
      ? editRow('member', order, seated.id, {
          number: null,
          name: null,
          shortNumber: null,
          note: null,
          ...entry,
        })
      : addRow('member', order, { slot, ...entry });
  });
