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

/** Folds the summaries before anybody searches, so that the first keystroke is as quick as the next. */
export const prepareSearch = (summaries: Iterable<OrderSummary>): void => {
  for (const summary of summaries) haystackOf(summary);
};

/** Whether every word of a search is in the customer's name, the order number or the phone. */
export const searchFor = (typed: string): ((summary: OrderSummary) => boolean) => {
  const words = folded(typed).split(/\s+/).filter(Boolean);
  return (summary) => {
    const haystack = haystackOf(summary);
    return words.every((word) => haystack.includes(word));
  };
};
