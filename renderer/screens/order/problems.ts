import type { DocumentId } from '../../../domain/order/dictionary.ts';
import type { Problem } from '../../../domain/order/order.ts';
import { type SectionId, sectionOf } from './sections.ts';

/** The documents of the checklist: those that can be printed first, then their companions. */
export const CHECKLIST_DOCUMENTS = [
  'survey',
  'acceptance',
  'roster',
  'agreement',
  'access-agreement',
  'commitment',
] as const satisfies readonly DocumentId[];

/** Whether a problem only says that a fact is not filled yet. */
export const isMissing = (problem: Problem): boolean => problem.code === 'required';

const groupedBy = <K>(problems: readonly Problem[], keyOf: (problem: Problem) => K) => {
  const groups = new Map<K, Problem[]>();
  for (const problem of problems) {
    const group = groups.get(keyOf(problem));
    if (group) group.push(problem);
    else groups.set(keyOf(problem), [problem]);
  }
  return groups;
};

const NONE: readonly Problem[] = [];
const byField = new WeakMap<readonly Problem[], ReadonlyMap<string, readonly Problem[]>>();

/** What is wrong with a field, beyond being empty. */
export const problemsAt = (problems: readonly Problem[], field: string): readonly Problem[] => {
  const fields =
    byField.get(problems) ??
    groupedBy(
      problems.filter((problem) => !isMissing(problem)),
      (problem) => problem.field,
    );
  byField.set(problems, fields);
  return fields.get(field) ?? NONE;
};

/** How many of a list are missing facts, other errors, and warnings. */
export interface Tally {
  readonly missing: number;
  readonly errors: number;
  readonly warnings: number;
}

export const tally = (problems: readonly Problem[]): Tally => {
  const missing = problems.filter(isMissing).length;
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const lacking = problems.filter((p) => isMissing(p) && p.severity === 'error').length;
  return {
    missing,
    errors: errors - lacking,
    warnings: problems.length - errors - (missing - lacking),
  };
};

export const tallyBySection = (problems: readonly Problem[]): ReadonlyMap<SectionId, Tally> =>
  new Map(
    [...groupedBy(problems, ({ field }) => sectionOf(field))].map(([section, found]) => [
      section,
      tally(found),
    ]),
  );
