import { IDEOGRAPHIC_SPACE, isRefused } from './characters.ts';

/** Stands for a check box where characters are compared. */
export const BOX = '☐';

/** What the rules of line breaking and spacing know of a character. */
export interface Traits {
  readonly codePoint: number;
  readonly refused: boolean;
  readonly blank: boolean;
  /** Whether a line may not begin with it, and not end (GB/T 15834). */
  readonly neverFirst: boolean;
  readonly neverLast: boolean;
  /** Stays with its neighbours of the kind: letters, digits and what stands in codes. */
  readonly inWord: boolean;
  readonly digit: boolean;
  readonly letter: boolean;
  readonly ideograph: boolean;
  /** A unit behind a number, as an ideograph and behind a blank (`12 个`, `100 Mbit/s`). */
  readonly unit: boolean;
  readonly unitLetter: boolean;
  /** The half of a full-width mark that is white (checked against the outlines of both faces). */
  readonly white: 'before' | 'after' | undefined;
}

const NEVER_FIRST = '）。，、；：？！」』】》〉〕”’…—·％℃)],.;:?!%}°～';
const NEVER_LAST = `（「『【《〈〔“‘([{￥¥＄$№${BOX}`;
const OPENING = '（「『【《〈〔“‘';
const CLOSING = '）。，、；：？！」』】》〉〕”’';
const WORD = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Nd}\p{M}!-~]/u;

/** Every character is looked at once: pages have tens of thousands, of a few hundred kinds. */
const known = new Map<string, Traits>();

export function traitsOf(character: string): Traits {
  const found = known.get(character);
  if (found) return found;
  const codePoint = character.codePointAt(0) ?? 0;
  const traits: Traits = {
    codePoint,
    refused: isRefused(codePoint),
    blank: character === ' ' || character === IDEOGRAPHIC_SPACE,
    neverFirst: NEVER_FIRST.includes(character),
    neverLast: NEVER_LAST.includes(character),
    inWord: WORD.test(character),
    digit: /^\p{Nd}/u.test(character),
    letter: /^[\p{Script=Latin}\p{Nd}]/u.test(character),
    ideograph: /^\p{Script=Han}/u.test(character),
    unit: /^[元角分年月日天时条份个台线项次倍岁名号]/.test(character),
    unitLetter: /^[A-Za-z%]/.test(character),
    white: OPENING.includes(character)
      ? 'before'
      : CLOSING.includes(character)
        ? 'after'
        : undefined,
  };
  known.set(character, traits);
  return traits;
}

/** Whether a line may end after one character and the next begin with the other. */
export function mayBreakBetween(before: Traits, after: Traits): boolean {
  if (after.blank || after.neverFirst || before.neverLast) return false;
  if (before.blank) return true;
  if (before.digit && after.unit) return false;
  return !(before.inWord && after.inWord);
}

/** Whether a little space goes between two characters. */
export const changesScript = (before: Traits, after: Traits): boolean =>
  (before.ideograph && after.letter) || (before.letter && after.ideograph);
