/**
 * What a field has behind it: the changes that somebody knew of and replaced, each by the last twelve
 * digits of its id (48 random bits; a field has a handful). It says who knew of what even where the
 * changes themselves are lost, so that a service restored from a backup and the devices that know
 * more can be joined in any order and give the same.
 */
import { LIMITS } from './limits.ts';

const TAIL = 12;

export const tailOf = (change: string): string => change.slice(-TAIL);

export const isTail = (text: string): boolean => /^[0-9a-f]{12}$/.test(text);

export const isPast = (past: readonly string[] | undefined, change: string): boolean =>
  past?.includes(tailOf(change)) ?? false;

/** The past with more tails in it; the same array when it has them all. */
export const withTails = (past: readonly string[], tails: Iterable<string>): readonly string[] => {
  const more = new Set(tails);
  for (const tail of past) more.delete(tail);
  return more.size === 0 ? past : [...past, ...more];
};

/** A past as it travels; that of a field that was changed more often is cut off at the old end. */
export const told = (past: readonly string[]): readonly string[] | undefined =>
  past.length > 0 ? past.slice(-LIMITS.pastChanges) : undefined;
