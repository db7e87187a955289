/**
 * What was typed into a fact but cannot be read yet, such as `12-` for a number. It is no value, so
 * the change log cannot hold it; it is kept here, across sections and restarts, and the checklist
 * shows it as an error until it is mended or removed.
 */
import { useMemo } from 'react';
import { useStore } from 'zustand';
import { persist } from 'zustand/middleware';
import { createStore } from 'zustand/vanilla';
import { factDefinition } from '../../../domain/order/dictionary.ts';
import type { Problem } from '../../../domain/order/order.ts';
import { codecOf } from './codec.ts';
import { isFactKey } from './sections.ts';

interface HalfTyped {
  /** `ORDER/field` → the text as typed. */
  readonly texts: Readonly<Record<string, string>>;
  /** The place somebody is typing in, not an error yet; empty when nobody types. */
  readonly typing: string;
}

const halfTyped = createStore(
  persist((): HalfTyped => ({ texts: {}, typing: '' }), {
    name: 'onsite-half-typed',
    partialize: ({ texts }) => ({ texts }),
  }),
);

const placeOf = (order: string, field: string) => `${order}/${field}`;

/** Keeps what was typed; null forgets it. */
export const keepHalfTyped = (order: string, field: string, text: string | null): void => {
  halfTyped.setState((state) => {
    const { [placeOf(order, field)]: kept = null, ...others } = state.texts;
    if (text === kept) return state;
    return { texts: text === null ? others : { ...others, [placeOf(order, field)]: text } };
  });
};

/** Says that somebody types in a place, or has left it. */
export const setTyping = (order: string, field: string, typing: boolean): void => {
  const place = placeOf(order, field);
  if (typing) halfTyped.setState({ typing: place });
  else if (halfTyped.getState().typing === place) halfTyped.setState({ typing: '' });
};

/** Whether what somebody is typing right now cannot be read yet. */
export const useTypingHalf = (order: string): boolean =>
  useStore(halfTyped, ({ texts, typing }) => typing in texts && typing.startsWith(`${order}/`));

export const useHalfTyped = (order: string, field: string): string | undefined =>
  useStore(halfTyped, ({ texts }) => texts[placeOf(order, field)]);

/** The half-typed facts of an order as problems, except the one being typed. */
export const useHalfTypedProblems = (order: string): readonly Problem[] => {
  const { texts, typing } = useStore(halfTyped);
  return useMemo(
    () =>
      Object.entries(texts).flatMap(([place, text]) => {
        const field = place.slice(order.length + 1);
        if (place === typing || !place.startsWith(`${order}/`) || !isFactKey(field)) return [];
        const { label, printed, type } = factDefinition(field);
        const parsed = codecOf(type.kind).parse(text);
        if ('value' in parsed) return [];
        const message = `“${label}”填的是“${text.slice(0, 20)}”，还没有保存：${parsed.problem}`;
        return [{ code: 'half-typed', severity: 'error', field, message, documents: printed }];
      }),
    [texts, typing, order],
  );
};
