import {
  DOCUMENT_TITLES,
  type DocumentId,
  type FactKey,
  type FactValue,
  factDefinition,
} from '../order/dictionary.ts';
import { type Order, SIGNATORY_ROLES, type SignatoryRole, type Signature } from '../order/order.ts';
import type { Reference } from '../order/reference.ts';
import type { Content, Heading, Inline, Picture, SigningCell, Table, TextCell } from './model.ts';
import type { Party, TemplatePack } from './template/ast.ts';

/** What a document is made from beside the order. */
export interface Given {
  readonly reference: Reference;
  /** The signatures that this document shows. */
  readonly signatures: readonly Signature[];
  /** The text of the text documents. */
  readonly pack?: TemplatePack | undefined;
  /** SHA-256 (hex) of the signed and sealed PDFs, which the evidence page lists. */
  readonly files?: Files | undefined;
  /** Photos of the parties' seals (公章). */
  readonly seals?: Seals | undefined;
}

export type Seals = Readonly<Partial<Record<Party, Picture>>>;
export type Files = Readonly<Partial<Record<DocumentId, string>>>;

/** The heading and the name on every page, as the paper file calls the document. */
export function titled(document: DocumentId): { name: string; heading: Heading } {
  const { annex, title } = DOCUMENT_TITLES[document];
  return {
    name: annex ? `${annex} ${title}` : title,
    heading: { kind: 'heading', text: title, ...(annex ? { annex } : {}) },
  };
}

/** 2026年1月31日; empty when there is no date. */
export function dateText(date: string | undefined): string {
  const [year, month, day] = (date ?? '').split('-').map(Number);
  return year && month && day ? `${year}年${month}月${day}日` : '';
}

/** 2026年1月; empty when there is no month. */
export const monthText = (month: string | undefined): string =>
  dateText(month && `${month}-01`).replace('1日', '');

/** Room to write a date into. */
const NO_DATE = '　　　年　　月　　日';

/** A date to read, or the gaps to write one into. */
export const dateContent = (date: string | undefined, field: string): Content => [
  { kind: 'value', field, text: dateText(date) || NO_DATE },
];

/** The text of a fact as it is printed, with its unit; empty when it is not filled. */
export function factText(order: Order, key: FactKey): string {
  const { type } = factDefinition(key);
  const value: FactValue | undefined = order.facts[key];
  if (value === undefined || value === '') return '';
  switch (type.kind) {
    case 'number':
      return type.unit ? `${value} ${type.unit}` : String(value);
    case 'money':
      return (Number(value) / 100).toFixed(2);
    case 'date':
      return dateText(String(value));
    case 'month':
      return monthText(String(value));
    case 'boolean':
      return value === true ? type.yes : type.no;
    case 'choice':
    case 'choices':
      return [value]
        .flat()
        .map((item) => type.options[String(item)] ?? '')
        .join('、');
    default:
      return String(value);
  }
}

export const label = (key: FactKey): string => factDefinition(key).label;

/** A fact's text, to be read back to its field. */
export const fact = (order: Order, key: FactKey): Inline => ({
  kind: 'value',
  text: factText(order, key),
  field: key,
});

/** A fact on an underlined blank of at least `width` mm. */
export const blank = (order: Order, key: FactKey, width: number): Inline => ({
  kind: 'blank',
  text: factText(order, key),
  field: key,
  width,
});

/** A check box for every option of a choice, the chosen ones ticked. */
export function checks(order: Order, key: FactKey): Content {
  const { type } = factDefinition(key);
  const value: FactValue | undefined = order.facts[key];
  const options: [FactValue, string][] =
    type.kind === 'choice' || type.kind === 'choices'
      ? Object.entries(type.options)
      : type.kind === 'boolean'
        ? [
            [true, type.yes],
            [false, type.no],
          ]
        : [];
  return options.flatMap(([option, text], index): Inline[] => [
    ...(index > 0 ? ['　'] : []),
    {
      kind: 'check',
      ticked: Array.isArray(value) ? value.includes(option) : value === option,
      label: text,
      field: key,
    },
  ]);
}

type Span = Pick<TextCell, 'columns' | 'rows'>;

/** A cell that names what stands beside it. */
export const labelCell = (text: string, span: Span = {}): TextCell => ({
  kind: 'text',
  // What stands in brackets begins a line of its own when there is more than one.
  content: [text.replace('（', '\n（')],
  label: true,
  ...span,
});

/** A cell for something filled in. */
export const valueCell = (content: Inline | Content, span: Span = {}): TextCell => ({
  kind: 'text',
  content: typeof content === 'string' || 'kind' in content ? [content] : content,
  ...span,
});

/** A row's label and value, as most rows are. */
export const labelled = (order: Order, key: FactKey, span: Span = {}): TextCell[] => [
  labelCell(label(key)),
  valueCell(fact(order, key), span),
];

/** Who signs at a place. */
interface Signatory {
  readonly label: string;
  /** The first of these that signed. */
  readonly roles: readonly SignatoryRole[];
  /** Names the signatory before there is a signature. */
  readonly named?: FactKey;
  /** The date that is printed; else it is the day of the signature. */
  readonly dated?: FactKey;
}

/** The place where somebody signs. */
export function signing(order: Order, { signatures }: Given, who: Signatory): SigningCell {
  const signature = who.roles
    .map((role) => signatures.findLast((candidate) => candidate.role === role))
    .find((candidate) => candidate !== undefined);
  const named = who.named && factText(order, who.named);
  // The day where it was signed, whatever the reader's time zone.
  const date =
    (who.dated && factText(order, who.dated)) || dateText(signature?.signedAt.slice(0, 10));
  return {
    kind: 'signing',
    label: who.label,
    strokes: signature?.strokes ?? [],
    name: signature
      ? { text: signature.name, field: `signatures[${order.signatures.indexOf(signature)}].name` }
      : { text: named ?? '', field: who.named ?? '' },
    date: { text: date || NO_DATE, field: who.dated ?? '' },
  };
}

/** The line of signatures under the survey and the roster. */
export const signingLine = (order: Order, given: Given, agent: Partial<Signatory> = {}): Table => ({
  kind: 'table',
  columns: [1, 1, 1],
  borderless: true,
  above: 2,
  size: 9.5,
  smallest: 6,
  rows: [
    {
      height: 27,
      cells: [
        signing(order, given, { label: '甲方代表', roles: ['customerRepresentative'] }),
        signing(order, given, { label: '乙方代表', roles: ['carrierRepresentative'] }),
        signing(order, given, {
          label: SIGNATORY_ROLES.carrierAgent,
          roles: ['carrierAgent'],
          ...agent,
        }),
      ],
    },
  ],
});
