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
import { TEMPLATE_VERSIONS } from './templates.ts';
import { isFilled } from './value.ts';

/**
 * JSON with the keys of every object sorted, so that equal data has equal bytes
 * (as RFC 8785; our keys are ASCII and our numbers are finite).
 */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );

const digestOf = (value: unknown): string => bytesToHex(sha256(utf8ToBytes(canonicalJson(value))));

/** Ticked boxes print the same in whatever order they were ticked. */
const asPrinted = (value: FactValue | undefined) =>
  Array.isArray(value) ? [...value].sort() : value;

const printedFacts = (order: Order, document: DocumentId) =>
  Object.fromEntries(
    FACT_KEYS.filter(
      (key) => factDefinition(key).printed.includes(document) && isFilled(order.facts[key]),
    ).map((key) => [key, asPrinted(order.facts[key])]),
  );

/** The columns of a table that a document prints, row by row; null when it prints none of them. */
function printedRows(
  table: Readonly<Record<string, RowFactDefinition>>,
  rows: readonly Readonly<Record<string, FactValue | undefined>>[],
  document: DocumentId,
) {
  const columns = Object.keys(table).filter((key) => table[key]?.printed.includes(document));
  if (columns.length === 0) return null;
  return rows.map((row) => columns.map((key) => (isFilled(row[key]) ? row[key] : null)));
}

/**
 * What a document says: SHA-256 (hex) over the facts it prints and its template's version. Two
 * orders that print the same give the same digest, in whatever order they were filled.
 */
export function documentDigest(order: Order, document: DocumentId): string {
  const members = [...order.members].sort((a, b) => (a.slot ?? Infinity) - (b.slot ?? Infinity));
  return digestOf({
    document,
    template: TEMPLATE_VERSIONS[document],
    facts: printedFacts(order, document),
    extensions: printedRows(EXTENSION_FACTS, order.extensions, document),
    members: printedRows(MEMBER_FACTS, members, document),
    // 集团成员数 on the acceptance form is derived from the roster.
    memberCount: document === 'acceptance' ? memberCount(order) : null,
  });
}

/**
 * What a signature signs: SHA-256 (hex) over the digests of its documents, the PDFs that were read,
 * and who signed when with which strokes.
 */
export function signatureDigest(order: Order, signature: Omit<Signature, 'digest'>): string {
  const { role, name, signedAt, strokes, documents, pdfs } = signature;
  const signed = DOCUMENT_IDS.filter((document) => documents.includes(document));
  return digestOf({
    role,
    name,
    signedAt,
    strokes,
    pdfs,
    documents: signed.map((document) => [document, documentDigest(order, document)]),
  });
}

/** Whether a signature still stands: recomputed each time, so that turning a fact back restores it. */
export const signatureState = (order: Order, signature: Signature): 'standing' | 'void' =>
  signatureDigest(order, signature) === signature.digest ? 'standing' : 'void';
