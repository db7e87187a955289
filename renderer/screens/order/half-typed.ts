/**
 * What was typed into a fact but cannot be read yet, such as `12-` for a number. It is no value, so
 * the change log cannot hold it; it is kept here, encrypted, across sections and restarts, and the checklist
 * shows it as an error until it is mended or removed.
 */
import { bytesToHex, bytesToUtf8, hexToBytes, utf8ToBytes } from '@noble/ciphers/utils.js';
import { useMemo } from 'react';
import { z } from 'zod';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { factDefinition } from '../../../domain/order/dictionary.ts';
import type { Problem } from '../../../domain/order/order.ts';
import type { Cipher } from '../../../domain/vault/cipher.ts';
import { codecOf } from './codec.ts';
import { isFactKey } from './sections.ts';

interface HalfTyped {
  /** `ORDER/field` → the text as typed. */
  readonly texts: Readonly<Record<string, string>>;
  /** The place somebody is typing in, not an error yet; empty when nobody types. */
  readonly typing: string;
}

const halfTyped = createStore((): HalfTyped => ({ texts: {}, typing: '' }));

/** Where the texts are kept, encrypted, in hex; and where they lay before they were. */
const KEPT = 'onsite-half-typed-encrypted';
const PLAIN = 'onsite-half-typed';
const CONTEXT = 'half-typed';

const textsSchema = z.record(z.string(), z.string()).catch({});
const plainSchema = z.object({ state: z.object({ texts: textsSchema }) });

const readKept = (cipher: Cipher): HalfTyped['texts'] => {
  const kept = localStorage.getItem(KEPT);
  if (kept === null) return {};
  try {
    return textsSchema.parse(JSON.parse(bytesToUtf8(cipher.decrypt(hexToBytes(kept), CONTEXT))));
  } catch {
    // It was never a value; what cannot be read is typed again.
    return {};
  }
};

const readPlain = (): HalfTyped['texts'] => {
  try {
    return plainSchema.parse(JSON.parse(localStorage.getItem(PLAIN) ?? '')).state.texts;
  } catch {
    return {};
  }
};

/** The texts with one window's changes made to them: what it typed, without what it removed. */
const withChanges = (
  kept: HalfTyped['texts'],
  after: HalfTyped['texts'],
  before: HalfTyped['texts'],
): HalfTyped['texts'] => {
  const texts = { ...kept };
  for (const place of Object.keys(before)) if (!(place in after)) delete texts[place];
  for (const [place, text] of Object.entries(after)) {
    if (text !== before[place]) texts[place] = text;
  }
  return texts;
};

/**
 * Takes up what was left half typed, and keeps it from now on, over restarts. Windows share it: each
 * writes its own changes into what is kept, and shows what the others wrote.
 *
 * @param cipher `keys.cipher('draft')`
 * @returns how to stop, and to forget what is in memory
 */
export const keepHalfTypedUnder = (cipher: Cipher): (() => void) => {
  const keep = (texts: HalfTyped['texts']) => {
    const message = cipher.encrypt(utf8ToBytes(JSON.stringify(texts)), CONTEXT);
    if (Object.keys(texts).length === 0) localStorage.removeItem(KEPT);
    else localStorage.setItem(KEPT, bytesToHex(message));
  };
  halfTyped.setState(({ texts }) => ({ texts: { ...readPlain(), ...readKept(cipher), ...texts } }));
  keep(halfTyped.getState().texts);
  localStorage.removeItem(PLAIN);
  let fromOutside = false;
  const stop = halfTyped.subscribe((state, before) => {
    if (fromOutside || state.texts === before.texts) return;
    keep(withChanges(readKept(cipher), state.texts, before.texts));
  });
  // Told only of what other windows wrote.
  const take = ({ key }: StorageEvent) => {
    if (key !== KEPT) return;
    fromOutside = true;
    halfTyped.setState({ texts: readKept(cipher) });
    fromOutside = false;
  };
  window.addEventListener('storage', take);
  return () => {
    stop();
    window.removeEventListener('storage', take);
    halfTyped.setState({ texts: {}, typing: '' });
  };
};

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

export const halfTypedText = (order: string, field: string): string | undefined =>
  halfTyped.getState().texts[placeOf(order, field)];

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
