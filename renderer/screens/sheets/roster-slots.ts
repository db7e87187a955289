/** Where a slot of the roster lies: 128 a page in four columns of 32, numbered down the columns. */
export const ROWS = 32;
export const COLUMNS = 4;
export const PAGE_SLOTS = ROWS * COLUMNS;
export const LAST_SLOT = 99_999;

/** The page of a slot; both count from 1. */
export const pageOf = (slot: number): number => Math.ceil(slot / PAGE_SLOTS);

export const firstSlotOf = (page: number): number => (page - 1) * PAGE_SLOTS + 1;

/** The slots of a page, in order. */
export const slotsOf = (page: number): number[] =>
  Array.from({ length: PAGE_SLOTS }, (_, index) => firstSlotOf(page) + index);

/** Pages to show: those in use, and always one more, empty, to go on. */
export const pageCount = (lastUsedSlot: number): number => pageOf(lastUsedSlot) + 1;

/** The keys that go from slot to slot; a page's last column leads to the next page's first. */
const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  ArrowRight: ROWS,
  ArrowLeft: -ROWS,
};

/** The slot an arrow key leads to, or null when there is none. */
export const slotAfterKey = (slot: number, key: string): number | null => {
  const to = slot + (STEPS[key] ?? 0);
  return to !== slot && to >= 1 && to <= LAST_SLOT ? to : null;
};

export const isSlot = (slot: unknown): slot is number =>
  typeof slot === 'number' && Number.isInteger(slot) && slot >= 1 && slot <= LAST_SLOT;
