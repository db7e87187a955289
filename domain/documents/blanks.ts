import {
  DOCUMENT_TITLES,
  type DocumentId,
  FACTS,
  type FactKey,
  type FactValue,
  factDefinition,
} from '../order/dictionary.ts';
import type { Order, SignatoryRole, Signature } from '../order/order.ts';
import type { Reference } from '../order/reference.ts';
import type { Content, Heading, Inline, SigningCell, TextCell } from './model.ts';

/** What a document is made from beside the order. */
export interface Given {
  readonly reference: Reference;
  /** The signatures that this document shows. */
  readonly signatures: readonly Signature[];
}

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

/** A date to read, or the gaps to write one into. */
export const dateContent = (date: string | undefined, field: string): Content => [
  { kind: 'value', field, text: dateText(date) || '　　　年　　月　　日' },
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
    },
  ]);
}

type Span = Pick<TextCell, 'columns' | 'rows'>;

/** A cell that names what stands beside it. */
export const labelCell = (text: string, span: Span = {}): TextCell => ({
  kind: 'text',
  content: [text],
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

/**
 * The place where one of `roles` signs.
 *
 * @param date printed when there is one; else the day on which it was signed
 */
export function signing(
  text: string,
  roles: readonly SignatoryRole[],
  { signatures }: Given,
  printed: { name?: string | undefined; date?: string | undefined } = {},
  span: Span = {},
): SigningCell {
  const signature = roles
    .map((role) => signatures.findLast((candidate) => candidate.role === role))
    .find((candidate) => candidate !== undefined);
  const name = signature?.name ?? printed.name ?? '';
  // The day where it was signed, whatever the reader's time zone.
  const date = printed.date ?? signature?.signedAt.slice(0, 10);
  return {
    kind: 'signing',
    label: text,
    strokes: signature?.strokes ?? [],
    foot: [
      ['姓名：', { kind: 'blank', text: name, field: 'signatures.name', width: 32 }],
      [
        '日期：',
        {
          kind: 'blank',
          text: dateText(date) || '　　　年　　月　　日',
          field: 'signatures.signedAt',
          width: 32,
        },
      ],
    ],
    ...span,
  };
}

/** The line of signatures under the survey and the roster. */
export const signingLine = (order: Order, given: Given) =>
  ({
    kind: 'table',
    columns: [1, 1, 1],
    borderless: true,
    size: 9.5,
    smallest: 6,
    rows: [
      {
        height: 26,
        cells: [
          signing('甲方代表', ['customerRepresentative'], given),
          signing('乙方代表', ['carrierRepresentative'], given),
          signing(FACTS['carrier.accountManager'].label, ['carrierAgent'], given, {
            name: order.facts['carrier.accountManager'],
          }),
        ],
      },
    ],
  }) as const;
