/**
 * Going to a field, wherever it is: `focusField` opens its section and the field takes the focus as
 * soon as it is on the screen. Virtualised sheets use `useFieldReveal` to bring its row there.
 */
import { type RefObject, useEffect, useRef } from 'react';
import { navigate } from 'wouter/use-hash-location';
import { sectionOf, sectionPath } from './sections.ts';

const fields = new Map<string, RefObject<HTMLElement | null>>();
const reveals = new Map<string, (field: string) => void>();
let wanted: string | null = null;
/** ms; a field that is not on the screen by then is not wanted any more. */
const PATIENCE = 3_000;

const INPUTS = 'input:not([type=hidden]):not([tabindex="-1"]), textarea, [tabindex="0"], button';

const take = (field: string, target: HTMLElement) => {
  if (wanted === field) wanted = null;
  // After layout: a section that has just been opened is not measured yet.
  requestAnimationFrame(() => {
    target.scrollIntoView({ block: 'center' });
    const input = target.matches(INPUTS) ? target : target.querySelector<HTMLElement>(INPUTS);
    input?.focus({ preventScroll: true });
    target.classList.remove('field-found');
    void target.offsetWidth; // restarts the animation when the same field is found twice
    target.classList.add('field-found');
  });
};

/** The element that shows `field`; takes the focus when the checklist asks for it. */
export const useFieldFocus = (field: string, ref: RefObject<HTMLElement | null>): void => {
  useEffect(() => {
    fields.set(field, ref);
    if (wanted === field && ref.current) take(field, ref.current);
    return () => {
      if (fields.get(field) === ref) fields.delete(field);
    };
  }, [field, ref]);
};

/**
 * For sheets that draw only the rows in view: `reveal` is called with the wanted field when it
 * starts with `prefix` (`extensions[`), and scrolls its row into view; once drawn, its
 * `useFieldFocus` takes the focus.
 */
export const useFieldReveal = (prefix: string, reveal: (field: string) => void): void => {
  const latest = useRef(reveal);
  useEffect(() => {
    latest.current = reveal;
  });
  useEffect(() => {
    const call = (field: string) => latest.current(field);
    reveals.set(prefix, call);
    if (wanted?.startsWith(prefix)) call(wanted);
    return () => {
      if (reveals.get(prefix) === call) reveals.delete(prefix);
    };
  }, [prefix]);
};

/** Goes to a field of the open order: opens its section, scrolls to it, focuses and marks it briefly. */
export const focusField = (field: string): void => {
  const order = /^#\/orders\/([^/]+)/.exec(location.hash)?.[1];
  if (order === undefined) return;
  wanted = field;
  setTimeout(() => {
    if (wanted === field) wanted = null;
  }, PATIENCE);
  const path = sectionPath(order, sectionOf(field));
  if (location.hash !== `#${path}`) navigate(path);
  const target = fields.get(field)?.current;
  if (target) {
    take(field, target);
    return;
  }
  for (const [prefix, reveal] of reveals) if (field.startsWith(prefix)) reveal(field);
};
