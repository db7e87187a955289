import type { DocumentId } from './dictionary.ts';

/**
 * The version of each document's printed wording; raised when the wording or layout changes. It
 * stands for the template's hash in every digest until template packs come.
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
