import type { DocumentId } from './dictionary.ts';
import type { Order, Problem } from './order.ts';
import type { Rule, Stage } from './problem.ts';
import type { Reference } from './reference.ts';
import { required } from './rules/required.ts';

const RULES: readonly Rule[] = [required];

/**
 * Everything an order lacks or contradicts, in the order of the rules. Runs at every keystroke:
 * linear in the rows.
 */
export const check = (order: Order, reference: Reference, stage: Stage = 'filling'): Problem[] =>
  RULES.flatMap((rule) => [...rule({ order, reference, stage })]);

/** The problems that concern a document, in their order. */
export const problemsOf = (problems: readonly Problem[], document: DocumentId): Problem[] =>
  problems.filter((problem) => problem.documents.includes(document));
