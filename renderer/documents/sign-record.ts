/** How a signature, and the documents it is on, are written down: edits and bytes for one commit. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { DOCUMENT_TITLES, type DocumentId } from '../../domain/order/dictionary.ts';
import type { SignatoryRole, Signature } from '../../domain/order/order.ts';
import type { AssembledOrder, Attachment } from '../../domain/sync/assemble.ts';
import type { FieldValue } from '../../domain/sync/change.ts';
import type { Edit } from '../../domain/sync/record.ts';
import type { AttachmentBytes } from '../store/store.ts';

type PdfPurpose = Exclude<Attachment['purpose'], 'customerSeal' | 'carrierSeal'>;

/** PDF bytes by document. */
export type Pdfs = ReadonlyMap<DocumentId, Uint8Array>;

export interface Written {
  readonly edits: readonly Edit[];
  readonly attachments: readonly AttachmentBytes[];
}

interface OrderToSign extends Pick<AssembledOrder, 'order' | 'signatureIds' | 'attachments'> {
  readonly id: string;
}

/** SHA-256 of the bytes, lower-case hex. */
export const sha256Hex = (bytes: Uint8Array): string => bytesToHex(sha256(bytes));

/** `2026-11-22T20:15:00.000+08:00`: a moment with the offset of this device's zone. */
export const isoWithOffset = (at: Date, offsetMinutes = -at.getTimezoneOffset()): string => {
  const local = new Date(at.getTime() + offsetMinutes * 60_000).toISOString().slice(0, -1);
  const minutes = Math.abs(offsetMinutes);
  const two = (part: number) => String(Math.floor(part)).padStart(2, '0');
  return `${local}${offsetMinutes < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`;
};

/**
 * The name under which a document is saved: `KQ20261122-8F3A21-附件3-IMS资源确认表.pdf`; what was
 * presented for signing says so, to be told from what was signed.
 */
export const fileName = (
  orderNumber: string | undefined,
  document: DocumentId,
  purpose: PdfPurpose = 'signed',
): string => {
  const { annex, title } = DOCUMENT_TITLES[document];
  return [orderNumber ?? '工单', annex, title, purpose === 'presented' ? '签署前' : undefined]
    .filter((part) => part !== undefined)
    .join('-')
    .replace(/[\\/:*?"<>|]/g, '_')
    .concat('.pdf');
};

const edit = (order: string, record: string, field: string, value: FieldValue): Edit => ({
  order,
  record,
  field,
  value,
});

/**
 * The PDFs as attachments of one purpose. Each document keeps one record a purpose: what is
 * presented or signed again takes the place of what was; bytes already there are not written twice.
 */
const attach = (
  { id, order, attachments }: OrderToSign,
  purpose: PdfPurpose,
  pdfs: Pdfs,
  newId: () => string,
): Written => {
  const written = [...pdfs].map(([document, bytes]) => {
    const digest = sha256Hex(bytes);
    const known = attachments.find(
      (each) => each.purpose === purpose && each.document === document,
    );
    if (known?.sha256 === digest) return { edits: [], attachments: [] };
    const record = known?.id ?? newId();
    const fields: [string, FieldValue][] = [
      ['order', id],
      ['purpose', purpose],
      ['document', document],
      ['name', fileName(order.facts.orderNumber, document, purpose)],
      ['type', 'application/pdf'],
      ['size', bytes.length],
      ['sha256', digest],
    ];
    return {
      edits: fields
        .filter(([field]) => !known || !['order', 'purpose', 'document', 'type'].includes(field))
        .map(([field, value]) => edit(id, record, `attachment.${field}`, value)),
      attachments: [{ order: id, sha256: digest, bytes }],
    };
  });
  return {
    edits: written.flatMap((each) => each.edits),
    attachments: written.flatMap((each) => each.attachments),
  };
};

/** Marks every signature of a role as removed; the log keeps them. */
const removeRole = ({ id, order, signatureIds }: OrderToSign, role: SignatoryRole): Edit[] =>
  order.signatures.flatMap((signature, index) => {
    const record = signatureIds[index];
    return signature.role === role && record ? [edit(id, record, 'signature.deleted', true)] : [];
  });

/**
 * A new signature in place of those of its role, with the PDFs as they were read and as they are
 * signed.
 */
export const writeSignature = (
  open: OrderToSign,
  signature: Signature,
  pdfs: { presented: Pdfs; signed: Pdfs },
  newId: () => string,
): Written => {
  const record = newId();
  const fields: [string, FieldValue][] = [
    ['order', open.id],
    ['role', signature.role],
    ['name', signature.name],
    ['documents', [...signature.documents]],
    ['strokes', signature.strokes.map((stroke) => stroke.map((point) => ({ ...point })))],
    ['signedAt', signature.signedAt],
    ['pdfs', { ...signature.pdfs }],
    ['templates', { ...signature.templates }],
    ...(signature.device
      ? [['device', { ...signature.device }] satisfies [string, FieldValue]]
      : []),
    ['digest', signature.digest],
  ];
  const presented = attach(open, 'presented', pdfs.presented, newId);
  const signed = attach(open, 'signed', pdfs.signed, newId);
  return {
    edits: [
      ...removeRole(open, signature.role),
      ...fields.map(([field, value]) => edit(open.id, record, `signature.${field}`, value)),
      ...presented.edits,
      ...signed.edits,
    ],
    attachments: [...presented.attachments, ...signed.attachments],
  };
};

/** The documents closed again under the same signatures, such as with a seal in its place. */
export const writeSigned = (open: OrderToSign, signed: Pdfs, newId: () => string): Written =>
  attach(open, 'signed', signed, newId);

/**
 * Takes a role's signature away. `signed` are the documents printed again with the signatures that
 * remain; a document that nobody signs any more loses its signed PDF.
 */
export const writeRemoval = (
  open: OrderToSign,
  role: SignatoryRole,
  signed: Pdfs,
  newId: () => string,
): Written => {
  const gone = open.attachments.filter(
    ({ purpose, document }) => purpose === 'signed' && !signed.has(document),
  );
  const kept = attach(open, 'signed', signed, newId);
  return {
    edits: [
      ...removeRole(open, role),
      ...gone.map((each) => edit(open.id, each.id, 'attachment.deleted', true)),
      ...kept.edits,
    ],
    attachments: kept.attachments,
  };
};
