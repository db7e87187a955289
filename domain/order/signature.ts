import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { memberCount } from './derived.ts';
import {
  DOCUMENT_IDS,
  type DocumentId,
  EXTENSION_FACTS,
  FACT_KEYS,
  type FactValue,
  factDefinition,
  MEMBER_FACTS,
  type RowFactDefinition,
} from './dictionary.ts';
import type { Order, Signature } from './order.ts';
import { isHash } from './signature-fields.ts';
import { TEMPLATE_VERSIONS } from './templates.ts';
import { isFilled } from './value.ts';

/** Everything digested is lists of values in a fixed order, so equal data has equal bytes. */
const digestOf = (list: readonly unknown[]): string =>
  bytesToHex(sha256(utf8ToBytes(JSON.stringify(list))));

/** Ticked boxes print the same in whatever order they were ticked. */
const asPrinted = (value: FactValue | undefined) =>
  Array.isArray(value) ? [...value].sort() : value;

/** What every document was printed from before signatures kept their templates. */
const FIRST_TEMPLATE = '样本-1';

const printedFacts = (order: Order, document: DocumentId) =>
  FACT_KEYS.filter(
    (key) => factDefinition(key).printed.includes(document) && isFilled(order.facts[key]),
  )
    .sort()
    .map((key) => [key, asPrinted(order.facts[key])]);

/** The columns of a table that a document prints, row by row; null when it prints none of them. */
function printedRows(
  table: Readonly<Record<string, RowFactDefinition>>,
  rows: readonly Readonly<Record<string, FactValue | undefined>>[],
  document: DocumentId,
) {
  const columns = Object.keys(table).filter((key) => table[key]?.printed.includes(document));
  if (columns.length === 0) return null;
  return [columns, rows.map((row) => columns.map((key) => (isFilled(row[key]) ? row[key] : null)))];
}

/** Digests of the orders seen: several signatures ask for the same ones at every keystroke. */
const known = new WeakMap<Order, Map<string, string>>();

/**
 * What a document says: SHA-256 (hex) over the facts it prints and its template: the SHA-256 of its
 * template pack, or its layout's version. Two orders that print the same give the same digest, in
 * whatever order they were filled.
 */
export function documentDigest(
  order: Order,
  document: DocumentId,
  template: string = TEMPLATE_VERSIONS[document],
): string {
  const digests = known.get(order) ?? new Map<string, string>();
  known.set(order, digests);
  const key = `${document} ${template}`;
  const digest = digests.get(key) ?? digestOf(printedBy(order, document, template));
  digests.set(key, digest);
  return digest;
}

const printedBy = (order: Order, document: DocumentId, template: string) => [
  document,
  template,
  printedFacts(order, document),
  printedRows(EXTENSION_FACTS, order.extensions, document),
  printedRows(
    MEMBER_FACTS,
    [...order.members].sort((a, b) => (a.slot ?? Infinity) - (b.slot ?? Infinity)),
    document,
  ),
  // 集团成员数 on the acceptance form is derived from the roster.
  document === 'acceptance' ? memberCount(order) : null,
];

/**
 * What a signature signs: SHA-256 (hex) over the digests of its documents, the PDFs that were read,
 * and who signed when, with which strokes and where. The templates are those it was given with,
 * whatever this app or its packs print from today.
 */
export function signatureDigest(order: Order, signature: Omit<Signature, 'digest'>): string {
  const { role, name, signedAt, strokes, documents, pdfs, templates, device } = signature;
  return digestOf([
    role,
    name,
    signedAt,
    strokes.map((stroke) => stroke.map(({ x, y, time, pressure }) => [x, y, time, pressure])),
    DOCUMENT_IDS.filter((document) => documents.includes(document)).map((document) => [
      document,
      documentDigest(order, document, templates[document] ?? FIRST_TEMPLATE),
    ]),
    DOCUMENT_IDS.map((document) => pdfs[document] ?? null),
    ...(device ? [[device.id, device.installer, device.clockOffset, device.key]] : []),
  ]);
}

/** Whether a signature still stands: recomputed each time, so that turning a fact back restores it. */
export const signatureState = (order: Order, signature: Signature): 'standing' | 'void' =>
  signatureDigest(order, signature) === signature.digest ? 'standing' : 'void';

/** The pack that the standing signatures of an order were given on, by its SHA-256: who signs next reads the same text. */
export function signedPack(order: Order, textDocuments: readonly DocumentId[]): string | undefined {
  return order.signatures
    .filter((signature) => signatureState(order, signature) === 'standing')
    .flatMap(({ templates }) => textDocuments.flatMap((document) => templates[document] ?? []))
    .filter(isHash)
    .at(-1);
}

/** The same data in the same order, whatever made it: keys sorted, what is empty left out. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => [key, canonical(each)]);
}

/**
 * What a whole order says, with the signatures that stand: SHA-256 (hex). It is the same on the
 * device, in the order file and in the office, and changes with everything in the order.
 */
export function recordDigest(order: Order): string {
  const signatures = order.signatures.filter((each) => signatureState(order, each) === 'standing');
  return digestOf([order.facts, order.extensions, order.members, signatures].map(canonical));
}
