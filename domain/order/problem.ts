import {
  DOCUMENT_IDS,
  type DocumentId,
  EXTENSION_FACTS,
  EXTENSIONS_PRINTED,
  type ExtensionKey,
  type FactKey,
  factDefinition,
  MEMBER_FACTS,
  MEMBERS_PRINTED,
  type MemberKey,
} from './dictionary.ts';
import type { Order, Problem, Severity } from './order.ts';
import type { Reference } from './reference.ts';

/** `signing` asks what must be right before anybody signs; `filling` is lenient where work is under way. */
export type Stage = 'filling' | 'signing';

/** What a rule looks at. */
export interface Checked {
  readonly order: Order;
  readonly reference: Reference;
  readonly stage: Stage;
}

/** A part of the checks: looks at an order and reports what it finds. */
export type Rule = (checked: Checked, report: (problem: Problem) => void) => void;

/** A place in an order that a problem can point to, with its name in messages. */
export interface Place {
  readonly field: string;
  /** `集团名称`, `分机第 3 行“短号”`, `成员序号 12“号码”` */
  readonly name: string;
  readonly documents: readonly DocumentId[];
}

export const factPlace = (key: FactKey): Place => {
  const { label, printed } = factDefinition(key);
  return { field: key, name: `“${label}”`, documents: printed };
};

/** @param index from 0; people read rows from 1 */
export const extensionPlace = (index: number, key: ExtensionKey): Place => ({
  field: `extensions[${index}].${key}`,
  name: `分机第 ${index + 1} 行“${EXTENSION_FACTS[key].label}”`,
  documents: EXTENSIONS_PRINTED,
});

/** Members are named by their slot, as on the sheet; by their row when they have none. */
export const memberPlace = (index: number, key: MemberKey, slot: number | undefined): Place => ({
  field: `members[${index}].${key}`,
  name: `成员${slot === undefined ? `第 ${index + 1} 行` : `序号 ${slot} `}“${MEMBER_FACTS[key].label}”`,
  documents: MEMBERS_PRINTED,
});

/** @param says what is wrong and what to do, without naming the place; it follows the place's name */
export const problemAt = (
  place: Place,
  code: string,
  severity: Severity,
  says: string,
): Problem => ({
  code,
  severity,
  field: place.field,
  message: `${place.name}${says}`,
  documents: place.documents,
});

/** A problem of a fact; of its documents, and of those of the facts it is compared with. */
export function factProblem(
  key: FactKey,
  code: string,
  severity: Severity,
  says: string,
  ...comparedWith: readonly FactKey[]
): Problem {
  const concerned = [key, ...comparedWith].map((fact) => factDefinition(fact).printed);
  const documents = DOCUMENT_IDS.filter((id) => concerned.some((printed) => printed.includes(id)));
  return problemAt({ ...factPlace(key), documents }, code, severity, says);
}
