import {
  type DocumentId,
  EXTENSION_FACTS,
  FACTS,
  type FactType,
  type FactValue,
  MEMBER_FACTS,
} from '../order/dictionary.ts';
import type { Extension, Facts, Member, Order, Signature } from '../order/order.ts';
import { hasType } from '../order/value.ts';
import { checkFieldValue } from './fields.ts';
import {
  ATTACHMENT_FIELDS,
  type AttachmentPurpose,
  type Edit,
  SIGNATURE_FIELDS,
  type StoredRecord,
} from './record.ts';

/** A file that belongs to an order; its bytes travel under their SHA-256. */
export interface Attachment {
  readonly id: string;
  readonly purpose: AttachmentPurpose;
  readonly document: DocumentId;
  readonly name: string;
  /** Media type. */
  readonly type: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
}

/** An order out of its records, with the ids that its rows have in the change log. */
export interface AssembledOrder {
  readonly order: Order;
  /** Aligned by index with `order.extensions`, and so on. */
  readonly extensionIds: readonly string[];
  readonly memberIds: readonly string[];
  readonly signatureIds: readonly string[];
  readonly attachments: readonly Attachment[];
}

/** The facts of a record that have their type; what a newer version may have added is left out. */
function factsOf<T>(
  record: StoredRecord,
  prefix: string,
  table: Readonly<Record<string, { type: FactType }>>,
): T {
  const facts: Record<string, FactValue> = {};
  for (const [key, { type }] of Object.entries(table)) {
    const value: unknown = record.values[prefix + key];
    if (value !== undefined && value !== null && hasType(type, value)) facts[key] = value;
  }
  // The table is what T is made from, and each value was just checked against it.
  return facts as T;
}

/** The named fields of a record without their prefix; undefined unless all are there with their types. */
function whole<T>(record: StoredRecord, fields: readonly string[]): T | undefined {
  const found: Record<string, unknown> = {};
  for (const field of fields) {
    const value = record.values[field];
    if (value === undefined || value === null || checkFieldValue(field, value)) return undefined;
    found[field.slice(field.indexOf('.') + 1)] = value;
  }
  // Each field of T was just checked by its name.
  return found as T;
}

/** Records never change in place, so what was read from one is kept: a keystroke re-reads one row of 10,000. */
function remembered<T>(read: (record: StoredRecord) => T): (record: StoredRecord) => T {
  const known = new WeakMap<StoredRecord, { readonly row: T }>();
  return (record) => {
    const row = known.get(record) ?? { row: read(record) };
    known.set(record, row);
    return row.row;
  };
}

const factsOfOrder = remembered((record) => factsOf<Facts>(record, '', FACTS));
const extensionOf = remembered((record) =>
  factsOf<Extension>(record, 'extension.', EXTENSION_FACTS),
);
const memberOf = remembered((record) => factsOf<Member>(record, 'member.', MEMBER_FACTS));
/** A signature of an earlier day has no template or device. */
const signatureOf = remembered((record) => {
  const { 'signature.device': device } = record.values;
  const values = { 'signature.templates': {}, ...record.values };
  const fields = SIGNATURE_FIELDS.filter((field) => field !== 'signature.device' || device);
  return whole<Signature>({ ...record, values }, fields);
});
const attachmentOf = remembered((record): Attachment | undefined => {
  const attachment = whole<Omit<Attachment, 'id'>>(record, ATTACHMENT_FIELDS);
  return attachment && { id: record.id, ...attachment };
});

/** Rows sorted by a number they carry; those without it last, ties by id, so that every replica agrees. */
function sortedBy(rows: readonly StoredRecord[], field: string): StoredRecord[] {
  const place = (record: StoredRecord) => {
    const value = record.values[field];
    return typeof value === 'number' ? value : Number.MAX_VALUE;
  };
  return [...rows].sort((a, b) => place(a) - place(b) || (a.id < b.id ? -1 : 1));
}

/** An order's records, read as the order. Removed rows are left out, and so are rows still incomplete on the wire. */
export function assembleOrder(records: Iterable<StoredRecord>): AssembledOrder {
  const rows: Record<StoredRecord['kind'], StoredRecord[]> = {
    order: [],
    extension: [],
    member: [],
    signature: [],
    attachment: [],
  };
  for (const record of records) {
    if (record.values[`${record.kind}.deleted`] !== true) rows[record.kind].push(record);
  }
  const [head] = rows.order;
  const extensions = sortedBy(rows.extension, 'extension.position');
  const members = sortedBy(rows.member, 'member.slot');
  // Ids are UUIDv7: their order is the order in which the signatures were given.
  const signatures = sortedBy(rows.signature, '').flatMap((record) => {
    const signature = signatureOf(record);
    return signature ? [{ id: record.id, signature }] : [];
  });
  return {
    order: {
      facts: head ? factsOfOrder(head) : {},
      extensions: extensions.map(extensionOf),
      members: members.map(memberOf),
      signatures: signatures.map(({ signature }) => signature),
    },
    extensionIds: extensions.map(({ id }) => id),
    memberIds: members.map(({ id }) => id),
    signatureIds: signatures.map(({ id }) => id),
    attachments: sortedBy(rows.attachment, '').flatMap((record) => attachmentOf(record) ?? []),
  };
}

/**
 * The edits that write a whole order into a fresh record, for importing an order file. When it was
 * made (`order.createdAt`) is the caller's to add.
 *
 * @param newId gives a new UUIDv7 at each call, ascending
 */
export function editsOfOrder(order: Order, orderId: string, newId: () => string): Edit[] {
  const edits: Edit[] = [];
  const write = (record: string, prefix: string, values: object) => {
    for (const [key, value] of Object.entries(values)) {
      if (value !== undefined) edits.push({ record, order: orderId, field: prefix + key, value });
    }
  };
  write(orderId, '', order.facts);
  const rows = <T extends object>(
    prefix: string,
    list: readonly T[],
    meta?: (index: number) => object,
  ) => {
    list.forEach((row, index) => {
      write(newId(), prefix, { order: orderId, ...row, ...meta?.(index) });
    });
  };
  rows('extension.', order.extensions, (index) => ({ position: index + 1 }));
  rows('member.', order.members);
  rows('signature.', order.signatures);
  return edits;
}
