import {
  type ClipboardEvent,
  Fragment,
  type KeyboardEvent,
  type SyntheticEvent,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { memberCount } from '../../../domain/order/derived.ts';
import type { Problem } from '../../../domain/order/order.ts';
import { useFieldReveal } from '../order/focus.ts';
import { useOrder } from '../order/open-order.tsx';
import { tidyNumber } from './numbers.ts';
import { RosterDetails } from './roster-details.tsx';
import { freeSlot, pasteEdits, seatMembers, typeNumber } from './roster-members.ts';
import { RosterPages } from './roster-pages.tsx';
import { type Meeting, parseRosterPaste, placeEntries, type RosterPaste } from './roster-paste.ts';
import { RosterProblems } from './roster-problems.tsx';
import { RosterQuestion } from './roster-question.tsx';
import { RosterSlot } from './roster-slot.tsx';
import {
  firstSlotOf,
  isSlot,
  LAST_SLOT,
  PAGE_SLOTS,
  pageCount,
  pageOf,
  ROWS,
  slotAfterKey,
  slotsOf,
} from './roster-slots.ts';
import { addRow, editRow, removeRow } from './row-edits.ts';
import {
  enterCell,
  isComposing,
  leavesCell,
  messageInRow,
  problemsByRow,
  typedNumber,
  typeInto,
  worst,
} from './sheet-cell.tsx';
import { isBlock } from './table-text.ts';
import { useRowEdits } from './use-row-edits.tsx';
import { useSettledProblems } from './use-settled-problems.ts';
import './sheets.css';
import './roster-sheet.css';

/** The slot whose input an event comes from. */
const slotOf = (target: EventTarget): { slot: number; input: HTMLInputElement } | null => {
  if (!(target instanceof HTMLInputElement) || target.dataset.slot === undefined) return null;
  return { slot: Number(target.dataset.slot), input: target };
};

/** What is wrong, in the room under a number: what to do about it is said above the sheet. */
const noteOf = (problem: Problem): string =>
  messageInRow(problem)
    .replaceAll('“号码”', '')
    .replace(/^与成员/, '与')
    .replace(/，请.*$/, '');

/** 成员表: the group's numbers in the printed form's own shape, 128 slots a page. */
export const RosterSheet = () => {
  const { id, order, memberIds, problems } = useOrder();
  const { save, saveWithUndo, tell, notice } = useRowEdits();
  const sheet = useRef<HTMLDivElement>(null);
  const roster = useMemo(() => seatMembers(order.members, memberIds), [order.members, memberIds]);
  const { settled, setTyping, settle } = useSettledProblems(
    problems,
    roster,
    ({ slot, key }: { slot: number; key: string }) =>
      `members[${roster.bySlot.get(slot)?.index}].${key}`,
  );
  const byRow = useMemo(() => problemsByRow(settled, 'members'), [settled]);
  const [active, setActive] = useState(1);
  const [page, setPage] = useState(1);
  const [asked, setAsked] = useState<{ paste: RosterPaste; start: number } | null>(null);

  /** The slot the cursor goes to once its page is drawn. */
  const wanted = useRef<number | null>(null);
  const focusSlot = (slot: number) =>
    enterCell(sheet.current?.querySelector<HTMLInputElement>(`input[data-slot="${slot}"]`));
  useLayoutEffect(() => {
    if (wanted.current !== null && focusSlot(wanted.current)) wanted.current = null;
  });
  const goTo = (slot: number) => {
    if (!isSlot(slot)) return;
    setActive(slot);
    setPage(pageOf(slot));
    if (pageOf(slot) === page) focusSlot(slot);
    else wanted.current = slot;
  };
  useFieldReveal('members[', (field) => {
    const slot = order.members[Number(/\d+/.exec(field)?.[0])]?.slot;
    if (!isSlot(slot)) return;
    setActive(slot);
    setPage(pageOf(slot));
  });

  const keep = (event: SyntheticEvent) => {
    const cell = slotOf(event.target);
    if (!cell || isComposing(event)) return;
    setTyping({ slot: cell.slot, key: 'number' });
    save(typeNumber(roster, id, cell.slot, typedNumber(cell.input)));
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const cell = slotOf(event.target);
    if (!cell || isComposing(event) || event.altKey) return;
    const { slot, input } = cell;
    const go = (to: number) => {
      event.preventDefault();
      goTo(to);
    };
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      return void document.querySelector<HTMLInputElement>('input[data-detail="name"]')?.focus();
    }
    if (event.ctrlKey || event.metaKey) return;
    if (event.key === 'Enter') return go(slot + (event.shiftKey ? -1 : 1));
    // Within a page the inputs follow each other down the columns, and Tab does too.
    const ends = event.shiftKey ? slot % PAGE_SLOTS === 1 && slot > 1 : slot % PAGE_SLOTS === 0;
    if (event.key === 'Tab' && ends && (event.shiftKey || roster.bySlot.has(slot))) {
      return go(slot + (event.shiftKey ? -1 : 1));
    }
    if (event.key === 'F2') return input.setSelectionRange(input.value.length, input.value.length);
    const to = slotAfterKey(slot, event.key);
    if (!event.shiftKey && to !== null && leavesCell(input, event.key)) go(to);
  };

  const place = ({ entries, notes }: RosterPaste, start: number, meeting: Meeting) => {
    const slots = placeEntries(entries, start, (slot) => roster.bySlot.has(slot), meeting);
    const used = slots.filter((slot) => slot !== null);
    const lost = entries.filter((entry, at) => entry && slots[at] === null);
    const left = lost.map((entry) => entry?.number).join('、');
    saveWithUndo(
      pasteEdits(roster, id, entries, slots),
      `已填入 ${used.length} 个号码（序号 ${used[0] ?? start} 至 ${used.at(-1) ?? start}）`,
      left ? [...notes, `超过最大序号 ${LAST_SLOT}，未填入：${left}`] : notes,
    );
  };

  /** The taken slots that a paste would write over. */
  const takenBy = ({ entries }: RosterPaste, start: number): number[] =>
    placeEntries(entries, start, () => false, 'overwrite')
      .filter((slot) => slot !== null)
      .filter((slot) => roster.bySlot.has(slot));

  const onPaste = (event: ClipboardEvent) => {
    const cell = slotOf(event.target);
    const text = event.clipboardData.getData('text/plain');
    if (!cell || !text) return;
    if (isBlock(text)) {
      event.preventDefault();
      const paste = parseRosterPaste(text);
      if (!paste.entries.some(Boolean)) tell('粘贴的内容里没有号码', paste.notes);
      else if (takenBy(paste, cell.slot).length > 0) setAsked({ paste, start: cell.slot });
      else place(paste, cell.slot, 'overwrite');
    } else if (tidyNumber(text) !== text) {
      event.preventDefault();
      typeInto(cell.input, tidyNumber(text));
    }
  };

  const seated = roster.bySlot.get(active);
  const remove = (slot: number) => {
    const gone = roster.bySlot.get(slot);
    if (!gone) return;
    saveWithUndo(removeRow('member', id, gone.id), `已移除序号 ${slot}，该序号留空`);
    goTo(slot);
  };

  const countRows = (counts: (problem: Problem) => boolean) =>
    [...byRow.values()].filter((found) => found.some(counts)).length;
  const isDuplicate = ({ code }: Problem) => code === 'member-duplicate';
  const duplicates = countRows(isDuplicate);
  const bad = countRows((problem) => problem.severity === 'error' && !isDuplicate(problem));
  const elsewhere = countRows(({ code }) => code === 'member-in-other-order');

  return (
    <section className="sheet" aria-label="成员表">
      <header className="sheet-bar">
        <h3>成员表</h3>
        <p className="sheet-status" role="status">
          成员 {memberCount(order)} 个
          {duplicates > 0 && (
            <>
              ，<b>重复 {duplicates} 个</b>
            </>
          )}
          {bad > 0 && (
            <>
              ，<b>有误 {bad} 个</b>
            </>
          )}
          {elsewhere > 0 && (
            <>
              ，<b className="warning">也在其他工单 {elsewhere} 个</b>
            </>
          )}
        </p>
        <RosterPages
          pages={Math.max(pageCount(roster.last), page)}
          page={page}
          onTurn={(to) => {
            setPage(to);
            setActive(firstSlotOf(to));
          }}
        />
      </header>
      <RosterProblems
        rows={byRow}
        members={order.members}
        unseated={roster.unseated}
        onGo={goTo}
        onSeat={(unseated) => {
          const slot = freeSlot(roster);
          saveWithUndo(editRow('member', id, unseated.id, { slot }), `已放到序号 ${slot}`);
          goTo(slot);
        }}
      />
      <RosterDetails
        slot={active}
        seated={seated}
        problems={seated ? (byRow.get(seated.index) ?? []) : []}
        onType={(key, value) => {
          setTyping({ slot: active, key });
          if (seated) save(editRow('member', id, seated.id, { [key]: value }));
          else if (value) save(addRow('member', id, { slot: active, [key]: value }));
        }}
        onBack={(step) => goTo(active + step)}
        onRemove={() => remove(active)}
      />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: listens for the slots inside it, which are inputs */}
      <div
        ref={sheet}
        className="roster-grid"
        onChange={keep}
        onCompositionEnd={keep}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
        onFocus={(event) => {
          const cell = slotOf(event.target);
          if (!cell) return;
          settle();
          setActive(cell.slot);
        }}
        onBlur={settle}
      >
        {slotsOf(page).map((slot) => {
          const here = roster.bySlot.get(slot);
          const mine = here ? (byRow.get(here.index) ?? []) : [];
          const first = worst(mine);
          return (
            <Fragment key={slot}>
              {slot % ROWS === 1 && (
                <div className="roster-head" aria-hidden="true">
                  <span>序号</span>
                  <span>号码</span>
                </div>
              )}
              <RosterSlot
                slot={slot}
                index={here?.index}
                number={here?.member.number ?? ''}
                note={first ? noteOf(first) : (here?.member.name ?? '')}
                state={first?.severity}
                active={slot === active}
              />
            </Fragment>
          );
        })}
      </div>
      <p className="sheet-hint">
        Enter、Tab、方向键按序号移动；可从 Excel 复制一列或整块直接粘贴；Ctrl+Enter
        填写姓名、短号、备注。移除后序号留空，其他成员不移动。
      </p>
      {notice}
      {asked && (
        <RosterQuestion
          count={asked.paste.entries.filter(Boolean).length}
          taken={takenBy(asked.paste, asked.start)}
          onAnswer={(answer) => {
            setAsked(null);
            if (answer !== 'cancel') place(asked.paste, asked.start, answer);
          }}
        />
      )}
    </section>
  );
};
