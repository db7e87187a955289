import type { DocumentId } from './dictionary.ts';
import type { Order, Problem } from './order.ts';
import type { Rule, Stage } from './problem.ts';
import type { Reference } from './reference.ts';
import { agreement } from './rules/agreement.ts';
import { capacity } from './rules/capacity.ts';
import { characters } from './rules/characters.ts';
import { duplicates } from './rules/duplicates.ts';
import { elsewhere } from './rules/elsewhere.ts';
import { format } from './rules/format.ts';
import { required } from './rules/required.ts';

const RULES: readonly Rule[] = [
  required,
  format,
  duplicates,
  elsewhere,
  agreement,
  capacity,
  characters,
];

/**
 * Everything an order lacks or contradicts, in the order of the rules. Runs at every keystroke:
 * linear in the rows.
 */
export function check(order: Order, reference: Reference, stage: Stage = 'filling'): Problem[] {
  const problems: Problem[] = [];
  for (const rule of RULES) rule({ order, reference, stage }, (problem) => problems.push(problem));
  return problems;
}

/** The problems that concern a document, in their order. */
export const problemsOf = (problems: readonly Problem[], document: DocumentId): Problem[] =>
  problems.filter((problem) => problem.documents.includes(document));
