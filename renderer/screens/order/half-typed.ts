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

/**
 * Where the texts are kept, encrypted, in hex: each under its place, since windows write at the same
 * time; and where they all lay before they were encrypted.
 */
const KEPT = 'onsite-half-typed-encrypted/';
const PLAIN = 'onsite-half-typed';

const textsSchema = z.record(z.string(), z.string()).catch({});
const plainSchema = z.object({ state: z.object({ texts: textsSchema }) });

const read = (cipher: Cipher, key: string): string | null => {
  try {
    return bytesToUtf8(cipher.decrypt(hexToBytes(localStorage.getItem(key) ?? ''), key));
  } catch {
    // It was never a value; what cannot be read is typed again.
    return null;
  }
};

const readKept = (cipher: Cipher): HalfTyped['texts'] => {
  const texts: Record<string, string> = {};
  for (const key of Object.keys(localStorage).filter((each) => each.startsWith(KEPT))) {
    const text = read(cipher, key);
    if (text !== null) texts[key.slice(KEPT.length)] = text;
  }
  return texts;
};

const readPlain = (): HalfTyped['texts'] => {
  try {
    return plainSchema.parse(JSON.parse(localStorage.getItem(PLAIN) ?? '')).state.texts;
  } catch {
    return {};
  }
};

/** A place's text, or none. */
const withText = (texts: HalfTyped['texts'], place: string, text: string | null) => {
  const { [place]: _, ...others } = texts;
  return text === null ? others : { ...others, [place]: text };
};

/**
 * Takes up what was left half typed, and keeps it from now on, over restarts. Each window shows what
 * the others wrote.
 *
 * @param cipher `keys.cipher('draft')`
 * @returns how to stop, and to forget what is in memory
 */
export const keepHalfTypedUnder = (cipher: Cipher): (() => void) => {
  const keep = (after: HalfTyped['texts'], before: HalfTyped['texts']) => {
    for (const place of Object.keys(before)) {
      if (!(place in after)) localStorage.removeItem(KEPT + place);
    }
    for (const [place, text] of Object.entries(after)) {
      if (text === before[place]) continue;
      const message = cipher.encrypt(utf8ToBytes(text), KEPT + place);
      localStorage.setItem(KEPT + place, bytesToHex(message));
    }
  };
  const kept = readKept(cipher);
  halfTyped.setState(({ texts }) => ({ texts: { ...readPlain(), ...kept, ...texts } }));
  keep(halfTyped.getState().texts, kept);
  localStorage.removeItem(PLAIN);
  let isElsewhere = false;
  const stop = halfTyped.subscribe((state, before) => {
    if (!isElsewhere && state.texts !== before.texts) keep(state.texts, before.texts);
  });
  // Told only of what other windows wrote.
  const take = ({ key }: StorageEvent) => {
    if (!key?.startsWith(KEPT)) return;
    const text = read(cipher, key);
    isElsewhere = true;
    halfTyped.setState(({ texts }) => ({ texts: withText(texts, key.slice(KEPT.length), text) }));
    isElsewhere = false;
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
  const place = placeOf(order, field);
  halfTyped.setState((state) =>
    text === (state.texts[place] ?? null) ? state : { texts: withText(state.texts, place, text) },
  );
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
