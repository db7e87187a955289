import { memo } from 'react';
import type { Severity } from '../../../domain/order/order.ts';
import { CellInput } from './sheet-cell.tsx';

interface RosterSlotProps {
  readonly slot: number;
  /** Place in `order.members`; undefined for an empty slot. */
  readonly index: number | undefined;
  readonly number: string;
  /** Small text under the number: what is wrong with it, or whose it is. */
  readonly note: string;
  readonly state: Severity | undefined;
  readonly active: boolean;
}

/** One 序号|号码 pair of the form. The sheet listens for all slots: a keystroke draws one anew. */
export const RosterSlot = memo(({ slot, index, number, note, state, active }: RosterSlotProps) => {
  const field = index === undefined ? undefined : `members[${index}].number`;
  return (
    <label
      htmlFor={`slot-${slot}`}
      className={`roster-slot ${state ?? ''} ${active ? 'active' : ''}`}
    >
      <span className="roster-number">{slot}</span>
      <span className="roster-cell">
        <CellInput
          field={field ?? `slot ${slot}`}
          id={`slot-${slot}`}
          data-field={field}
          data-slot={slot}
          aria-label={`序号 ${slot} 号码`}
          aria-invalid={state === 'error'}
          type="text"
          inputMode="numeric"
          value={number}
        />
        {note && (
          <small className="roster-note" title={note}>
            {note}
          </small>
        )}
      </span>
    </label>
  );
});
