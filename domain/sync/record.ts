/**
 * How an order lies in the change log: as records of fields.
 *
 * The order's own record carries the fact keys of the dictionary as field names. Each extension,
 * member, signature and attachment is a record of its own whose fields are `extension.number`,
 * `member.slot`, …, and whose `<kind>.order` names the order. Removing sets `<kind>.deleted`:
 * nothing is ever taken out of the log.
 */
import type { Change, FieldValue } from './change.ts';

export type RecordKind = 'order' | 'extension' | 'member' | 'signature' | 'attachment';

/** A change of a field as the service told of it. */
export interface Version extends Pick<Change, 'value' | 'was' | 'time' | 'device' | 'by'> {
  /** The change's id. */
  readonly change: string;
  readonly settles?: readonly string[] | undefined;
  /** Its place among the changes of its field, ms; unknown until a pull has brought it. */
  readonly order?: number | undefined;
}

/** What the service last said of a field. */
export interface ServerField {
  /** The seq of the field's last change. */
  readonly seq: number;
  /** Which history of the service said so: raised when it turns out to have lost its own. */
  readonly generation: number;
  /** The change that counts. Its value is left out while the record shows it. */
  readonly winner: Omit<Version, 'value'> & { readonly value?: FieldValue };
  /** Changes made without knowledge of the winner, until a person picks. */
  readonly others?: readonly Version[] | undefined;
  /** What was replaced before: `past.ts`. */
  readonly past?: readonly string[] | undefined;
}

/** A record as the store holds it: each field's value and the change that gave it. */
export interface StoredRecord {
  readonly id: string;
  readonly kind: RecordKind;
  /** Id of the order it belongs to; an order's own id. */
  readonly order: string;
  readonly values: Readonly<Record<string, FieldValue>>;
  /** Field → id of the change whose value this is (the next change's `was`). */
  readonly changes: Readonly<Record<string, string>>;
  /** Field → what the service said of it; what the record shows may be newer. */
  readonly server?: Readonly<Record<string, ServerField>>;
}

/** What a screen hands to `commit`: a field of a record gets a value. `null` empties it. */
export interface Edit {
  readonly record: string;
  /** The order the record belongs to (the record itself for an order's own facts). */
  readonly order: string;
  readonly field: string;
  readonly value: FieldValue;
  /** A person's pick: the changes beside the shown one that it decides on (`conflict.ts`). */
  readonly settles?: readonly string[];
}

/**
 * Says of an attachment that the service has its bytes: their SHA-256. Bytes are no entry of the
 * service's log; this change is, and comes after them.
 */
export const STORED_FIELD = 'attachment.stored';
/** Fields that are no facts: where a record belongs, its place, whether it was removed. */
export const ORDER_META = ['order.createdAt', 'order.deleted'] as const;
export const ROW_META = {
  extension: ['extension.order', 'extension.position', 'extension.deleted'],
  member: ['member.order', 'member.deleted'],
  signature: ['signature.order', 'signature.deleted'],
  attachment: ['attachment.order', STORED_FIELD, 'attachment.deleted'],
} as const;
export const SIGNATURE_FIELDS = [
  'signature.role',
  'signature.name',
  'signature.documents',
  'signature.strokes',
  'signature.signedAt',
  'signature.pdfs',
  'signature.templates',
  'signature.device',
  'signature.digest',
] as const;
/**
 * `attachment.purpose`: `presented`, the PDF as it was read before signing; `signed`, with the
 * signatures in place, sealed where the device can; `customerSeal` and `carrierSeal`, the photo of a
 * party's 公章. The bytes travel beside the change log, under their SHA-256.
 */
export const ATTACHMENT_PURPOSES = ['presented', 'signed', 'customerSeal', 'carrierSeal'] as const;
export type AttachmentPurpose = (typeof ATTACHMENT_PURPOSES)[number];
export const ATTACHMENT_FIELDS = [
  'attachment.purpose',
  'attachment.document',
  'attachment.name',
  'attachment.type',
  'attachment.size',
  'attachment.sha256',
] as const;

/** The kind of record a field belongs to, by its name. */
export const kindOfField = (field: string): RecordKind => {
  const prefix = field.slice(0, field.indexOf('.'));
  return prefix === 'extension' ||
    prefix === 'member' ||
    prefix === 'signature' ||
    prefix === 'attachment'
    ? prefix
    : 'order';
};
