import type { DocumentId } from './dictionary.ts';

/**
 * The version of each form's printed wording and layout; raised when either changes. A text document
 * goes by the hash of the pack that it is printed from instead, and by this only without a pack.
 */
export const TEMPLATE_VERSIONS: Readonly<Record<DocumentId, string>> = {
  agreement: '样本-1',
  'access-agreement': '样本-1',
  commitment: '样本-1',
  survey: '样本-1',
  acceptance: '样本-1',
  roster: '样本-1',
  evidence: '样本-1',
};

/**
 * The template of each document as a signature keeps it.
 *
 * @param pack the pack that the text documents are printed from
 */
export const templatesOf = (
  documents: readonly DocumentId[],
  pack?: { readonly hash: string; readonly documents: object },
): Partial<Record<DocumentId, string>> =>
  Object.fromEntries(
    documents.map((document) => [
      document,
      pack && Object.hasOwn(pack.documents, document) ? pack.hash : TEMPLATE_VERSIONS[document],
    ]),
  );
