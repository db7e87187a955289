import type { OrderSummary } from '../../store/store.ts';

const haystacks = new WeakMap<OrderSummary, string>();

const folded = (text: string) => text.normalize('NFKC').toLowerCase();

/** Summaries never change in place, so each is folded once. */
const haystackOf = (summary: OrderSummary): string => {
  const known = haystacks.get(summary);
  if (known !== undefined) return known;
  const { customer, orderNumber, phone } = summary;
  const made = folded(`${customer}\n${orderNumber}\n${phone}\n${phone.replace(/\D/g, '')}`);
  haystacks.set(summary, made);
  return made;
};

/**
 * Folds the summaries while the page has nothing else to do, so that the first keystroke is as
 * quick as the next. Returns how to stop.
 */
export const prepareSearch = (summaries: readonly OrderSummary[]): (() => void) => {
  let next = 0;
  const prepare = (deadline: IdleDeadline) => {
    while (next < summaries.length && deadline.timeRemaining() > 1) {
      for (const summary of summaries.slice(next, next + 50)) haystackOf(summary);
      next += 50;
    }
    if (next < summaries.length) idle = requestIdleCallback(prepare);
  };
  let idle = requestIdleCallback(prepare);
  return () => cancelIdleCallback(idle);
};

/** Whether every word of a search is in the customer's name, the order number or the phone. */
export const searchFor = (typed: string): ((summary: OrderSummary) => boolean) => {
  const words = folded(typed).split(/\s+/).filter(Boolean);
  if (words.length === 0) return () => true;
  return (summary) => {
    const haystack = haystackOf(summary);
    return words.every((word) => haystack.includes(word));
  };
};
