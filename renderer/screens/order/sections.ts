import { FACT_SECTIONS, FACTS, type FactKey } from '../../../domain/order/dictionary.ts';

/** Sections of the order workspace: the facts' sections, then what is made of them. */
export const SECTIONS = {
  ...FACT_SECTIONS,
  documents: '文书',
  signing: '签署',
  upload: '上传',
} as const;
export type SectionId = keyof typeof SECTIONS;
export const SECTION_IDS = Object.keys(SECTIONS).filter((id): id is SectionId => id in SECTIONS);

export const isSectionId = (id: string | undefined): id is SectionId =>
  id !== undefined && Object.hasOwn(SECTIONS, id);

export const isFactKey = (field: string): field is FactKey => Object.hasOwn(FACTS, field);

/** The section in which a problem's field is typed. */
export const sectionOf = (field: string): SectionId => {
  if (isFactKey(field)) return FACTS[field].section;
  if (field.startsWith('extensions')) return 'survey';
  if (field.startsWith('members')) return 'roster';
  return field.startsWith('signatures') ? 'signing' : 'customer';
};

export const sectionPath = (order: string, section: SectionId) => `/orders/${order}/${section}`;
