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
  /** The place somebody is typing in: not an error yet. */
  readonly typing: string | null;
}

const halfTyped = createStore(
  persist((): HalfTyped => ({ texts: {}, typing: null }), {
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

/** Says where somebody is typing, or that they left. */
export const setTyping = (order: string, field: string | null): void => {
  halfTyped.setState({ typing: field === null ? null : placeOf(order, field) });
};

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
