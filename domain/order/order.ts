import type {
  DocumentId,
  EXTENSION_FACTS,
  ExtensionKey,
  FACTS,
  FactKey,
  MEMBER_FACTS,
  MemberKey,
  ValueOf,
} from './dictionary.ts';

/** The order's facts by dictionary key; an absent key is simply not filled yet. */
export type Facts = { readonly [K in FactKey]?: ValueOf<(typeof FACTS)[K]['type']> };

/** One IMS fixed line at the premises. */
export type Extension = {
  readonly [K in ExtensionKey]?: ValueOf<(typeof EXTENSION_FACTS)[K]['type']>;
};

/** One number of the group, in its slot of the roster. */
export type Member = {
  readonly [K in MemberKey]?: ValueOf<(typeof MEMBER_FACTS)[K]['type']>;
};

export const SIGNATORY_ROLES = {
  customerRepresentative: '甲方法定代表人或授权代表',
  carrierRepresentative: '乙方法定代表人或授权代表',
  carrierAgent: '经办人',
} as const;
export type SignatoryRole = keyof typeof SIGNATORY_ROLES;

/** A point of a stroke: `x`, `y` in CSS px on the pad, `time` in ms since the epoch, `pressure` 0–1. */
export interface StrokePoint {
  readonly x: number;
  readonly y: number;
  readonly time: number;
  readonly pressure: number;
}
export type Stroke = readonly StrokePoint[];

/** Where a signature was given. */
export interface SigningDevice {
  /** The device's id. */
  readonly id: string;
  /** Whose device it is; empty before its settings name anybody. */
  readonly installer: string;
  /** How far the device's clock was ahead of the service's, in ms, as last measured; null when it never was. */
  readonly clockOffset: number | null;
  /**
   * SHA-256 (hex) of the public key it seals with (SubjectPublicKeyInfo), so that a file sealed with
   * another key is found out; null where it cannot seal.
   */
  readonly key: string | null;
}

/** A signature as it was given. Whether it still stands is recomputed, never stored: `signature.ts`. */
export interface Signature {
  readonly role: SignatoryRole;
  readonly name: string;
  readonly documents: readonly DocumentId[];
  readonly strokes: readonly Stroke[];
  /** ISO 8601 with offset, by the device's clock. */
  readonly signedAt: string;
  /** SHA-256 (hex) of the PDF of each document as it was read before signing. */
  readonly pdfs: Readonly<Partial<Record<DocumentId, string>>>;
  /**
   * The template that each document was printed from: the SHA-256 of its template pack, or its
   * layout's version (`templates.ts`). Kept, so that neither a later app nor a later pack voids it.
   */
  readonly templates: Readonly<Partial<Record<DocumentId, string>>>;
  /** Absent in signatures of an earlier day. */
  readonly device?: SigningDevice;
  /** SHA-256 (hex) over the signed facts, the templates, the PDFs, and who signed where: `signature.ts`. */
  readonly digest: string;
}

/** One engagement with one customer. */
export interface Order {
  readonly facts: Facts;
  /** In the order of the extension table. */
  readonly extensions: readonly Extension[];
  /** In the order of their slots. */
  readonly members: readonly Member[];
  readonly signatures: readonly Signature[];
}

export const EMPTY_ORDER: Order = { facts: {}, extensions: [], members: [], signatures: [] };

/** `error` stops signing, `warning` asks for a look. */
export type Severity = 'error' | 'warning';

/** Something the checklist shows. */
export interface Problem {
  /** Stable, kebab-case: `required`, `credit-code-check`, `extension-duplicate`, … */
  readonly code: string;
  readonly severity: Severity;
  /** Where: a fact key (`customer.name`) or a row's (`extensions[3].number`, `members[0].number`; index from 0). */
  readonly field: string;
  /** The field of another row that it clashes with, named in the message. */
  readonly other?: string;
  /** Chinese; names the field or row and says what to do. */
  readonly message: string;
  /** The documents that the problem concerns. */
  readonly documents: readonly DocumentId[];
}
