import { termMonths, totalFee, totalInCapitals } from '../order/derived.ts';

import type { DocumentId } from '../order/dictionary.ts';
import { factDefinition } from '../order/dictionary.ts';
import type { Order } from '../order/order.ts';
import { SIGNATORY_ROLES } from '../order/order.ts';
import {
  fact,
  factText,
  type Given,
  label,
  labelCell,
  signing,
  titled,
  valueCell,
} from './blanks.ts';
import type { Block, Content, DocumentModel, Inline, Row, Table } from './model.ts';
import {
  type BlankKey,
  DERIVED_BLANKS,
  type DerivedBlank,
  type Party,
  type TemplateDocument,
  type TemplateInline,
  type TemplateNode,
  type TemplateText,
} from './template/ast.ts';

/** Line height of running text, in em. */
const LEADING = 1.55;
/** Where the text of each level begins, and its numbers, in em. */
const LEFT = { 1: 0, 2: 2, 3: 4.3 } as const;
const NUMBER = { 2: 0, 3: 1.6 } as const;
/** Space above and below a table, in mm. */
const TABLE_GAP = 2.5;
/** Width of a blank to fill in by hand, in mm, by what goes in. */
const HAND = { short: 14, medium: 26, long: 56 } as const;

/**
 * A document whose text comes from a template pack.
 *
 * @param before pages that stand before the text, such as a cover
 */
export function fromTemplate(
  document: TemplateDocument,
  order: Order,
  given: Given,
  before: readonly (readonly Block[])[] = [],
): DocumentModel {
  const { pack } = given;
  const nodes = pack?.documents[document];
  if (!pack || !nodes) throw new Error(`模板包里没有“${titled(document).name}”的文本。`);
  const sections: Block[][] = [[]];
  for (const node of nodes) {
    if (node.kind === 'pageBreak') sections.push([]);
    else {
      const [blocks, block] = [sections.at(-1), blockOf(document, node, order, given)];
      const last = blocks?.at(-1);
      const underTable = last?.kind === 'table' && block.kind === 'paragraph';
      // Signatures never stand on a page without any of the text.
      if (node.kind === 'signatures' && last?.kind === 'paragraph') {
        blocks?.splice(-1, 1, { ...last, withNext: true });
      }
      blocks?.push(underTable ? { above: TABLE_GAP, ...block } : block);
    }
  }
  return {
    name: titled(document).name,
    orderNumber: order.facts.orderNumber ?? '',
    ...(pack.specimen ? { watermark: '样本' } : {}),
    sections: [...before, ...sections.filter((blocks) => blocks.length > 0)],
  };
}

function blockOf(
  document: DocumentId,
  node: Exclude<TemplateNode, { kind: 'pageBreak' }>,
  order: Order,
  given: Given,
): Block {
  const running = { kind: 'paragraph', align: 'justify', leading: LEADING } as const;
  switch (node.kind) {
    case 'title':
      return { ...titled(document).heading, text: plain(node.content, order) };
    case 'heading':
      return {
        kind: 'paragraph',
        content: contentOf(node.content, order),
        face: 'sans',
        size: node.level === 1 ? 12 : 10.5,
        above: node.level === 1 ? 3.5 : 2,
        leading: LEADING,
        withNext: true,
        bookmark: { title: plain(node.content, order), level: node.level },
      };
    case 'clause': {
      const text = node.level === 2 ? `${node.number}.` : `（${node.number}）`;
      return {
        ...running,
        content: contentOf(node.content, order),
        indent: LEFT[node.level],
        label: { text, left: NUMBER[node.level] },
        ...introduces(node.content),
      };
    }
    case 'paragraph':
      return {
        ...running,
        content: contentOf(node.content, order),
        indent: LEFT[node.under],
        ...introduces(node.content),
        ...(node.under === 1 ? { firstIndent: 2 } : {}),
      };
    case 'table':
      return tableOf(node, order);
    case 'parties':
      return partiesTable(order);
    case 'signatures':
      return signatureTable(node.parties, order, given);
  }
}

/** What ends with a colon stays with what it announces. */
const introduces = (text: TemplateText): { withNext?: true } => {
  const last = text.at(-1);
  return last?.kind === 'text' && last.text.trim().endsWith('：') ? { withNext: true } : {};
};

const contentOf = (text: TemplateText, order: Order): Content =>
  text.map((inline) => inlineOf(inline, order));

function inlineOf(inline: TemplateInline, order: Order): Inline {
  switch (inline.kind) {
    case 'text':
      return inline.strong ? { kind: 'strong', text: inline.text } : inline.text;
    case 'blank': {
      const text = blankText(inline.key, order);
      return {
        kind: 'blank',
        text,
        field: fieldOf(inline.key),
        width: text ? 0 : handOf(inline.key),
      };
    }
    case 'box': {
      const value = order.facts[inline.key];
      const ticked = Array.isArray(value)
        ? value.includes(inline.value)
        : value !== undefined && String(value) === inline.value;
      return { kind: 'check', ticked, label: '', field: inline.key };
    }
  }
}

/** A blank that has a cell to itself needs no line of its own. */
function cellContent(text: TemplateText, order: Order): Content {
  const content = contentOf(text, order);
  const [only, ...others] = content;
  return typeof only === 'object' && only.kind === 'blank' && others.length === 0
    ? [{ kind: 'value', text: only.text, field: only.field }]
    : content;
}

/** Text without its blanks' lines, for headings and the outline. */
const plain = (text: TemplateText, order: Order): string =>
  text
    .map((inline) =>
      inline.kind === 'text'
        ? inline.text
        : inline.kind === 'blank'
          ? blankText(inline.key, order)
          : '',
    )
    .join('');

/** About how many characters wide a cell wants to be, blanks to fill in by hand included. */
const lengthOf = (text: TemplateText, order: Order): number =>
  contentOf(text, order).reduce((sum, inline) => {
    if (typeof inline === 'string') return sum + inline.length;
    if (inline.kind === 'check') return sum + 2;
    return sum + Math.max(inline.text.length, inline.kind === 'blank' ? inline.width / 4 : 0);
  }, 0);

const isDerived = (key: BlankKey): key is DerivedBlank => Object.hasOwn(DERIVED_BLANKS, key);

/** The fact that a blank's text is mended at. */
const fieldOf = (key: BlankKey): string => (isDerived(key) ? DERIVED_BLANKS[key][0] : key);

/** What a blank says; the unit of a number is in the text around it. */
function blankText(key: BlankKey, order: Order): string {
  switch (key) {
    case 'derived.termMonths':
      return String(termMonths(order) ?? '');
    case 'derived.totalFee': {
      const total = totalFee(order);
      return total === undefined ? '' : (total / 100).toFixed(2);
    }
    case 'derived.totalInCapitals':
      return totalInCapitals(order);
    case 'derived.copiesEach': {
      const copies = order.facts['agreement.copies'];
      return copies === undefined ? '' : String(copies / 2);
    }
    default: {
      const value = order.facts[key];
      return typeof value === 'number' && factDefinition(key).type.kind === 'number'
        ? String(value)
        : factText(order, key);
    }
  }
}

function handOf(key: BlankKey): number {
  if (isDerived(key)) return key === 'derived.totalInCapitals' ? HAND.long : HAND.short;
  const { type } = factDefinition(key);
  if (type.kind === 'text')
    return type.max > 30 ? HAND.long : type.max > 10 ? HAND.medium : HAND.short;
  return type.kind === 'number' || type.kind === 'time' ? HAND.short : HAND.medium;
}

function tableOf(node: Extract<TemplateNode, { kind: 'table' }>, order: Order): Table {
  const cells = (texts: readonly TemplateText[], head: boolean): Row => ({
    height: 7,
    cells: texts.map((text, column) =>
      head
        ? { ...valueCell(contentOf(text, order)), face: 'sans', align: 'centre' }
        : { ...valueCell(cellContent(text, order)), align: node.align[column] ?? 'left' },
    ),
  });
  return {
    kind: 'table',
    // A column is as wide as its text wants to be, within reason.
    columns: node.align.map((_, column) =>
      [...(node.head ? [node.head] : []), ...node.rows].reduce(
        (most, row) => Math.max(most, Math.min(lengthOf(row[column] ?? [], order), 30)),
        6,
      ),
    ),
    above: TABLE_GAP,
    smallest: 8,
    ...(node.head ? { head: 1 } : {}),
    rows: [
      ...(node.head ? [cells(node.head, true)] : []),
      ...node.rows.map((row) => cells(row, false)),
    ],
  };
}

const PARTIES = {
  customer: {
    name: '甲方',
    facts: ['customer.name', 'customer.representative', 'customer.address'],
  },
  carrier: { name: '乙方', facts: ['carrier.name', 'carrier.representative', 'carrier.address'] },
} as const;

/** Who the parties are: name, representative and address of each. */
const partiesTable = (order: Order): Table => ({
  kind: 'table',
  columns: [14, 36, 120],
  above: 1,
  smallest: 8,
  whole: true,
  rows: (['customer', 'carrier'] as const).flatMap((party) =>
    PARTIES[party].facts.map(
      (key, index): Row => ({
        height: 8.5,
        cells: [
          ...(index === 0 ? [labelCell(PARTIES[party].name, { rows: 3 })] : []),
          labelCell(index === 0 ? '名称' : index === 1 ? label('customer.representative') : '地址'),
          valueCell(fact(order, key)),
        ],
      }),
    ),
  ),
});

/** Where both sign: name, seal, the representative, for the carrier also the agent, and the date. */
function signatureTable(parties: readonly Party[], order: Order, given: Given): Table {
  const dated = 'agreement.signedOn';
  const name = (party: Party): Content => [
    `${PARTIES[party].name}：`,
    fact(order, `${party}.name`),
  ];
  const seal = (party: Party) =>
    ({
      kind: 'seal',
      label: `${PARTIES[party].name}（盖章处）`,
      picture: given.seals?.[party],
    }) as const;
  const representative = (party: Party) => {
    const role = party === 'customer' ? 'customerRepresentative' : 'carrierRepresentative';
    return signing(order, given, { label: SIGNATORY_ROLES[role], roles: [role], dated });
  };
  const agent = signing(order, given, {
    label: `乙方${SIGNATORY_ROLES.carrierAgent}`,
    roles: ['carrierAgent'],
    named: 'carrier.accountManager',
    dated,
  });
  const [only, other] = parties;
  if (only && !other) {
    return {
      kind: 'table',
      columns: [1, 1],
      above: TABLE_GAP,
      smallest: 7,
      whole: true,
      rows: [
        { height: 10, cells: [valueCell(name(only), { columns: 2 })] },
        { height: 44, cells: [seal(only), representative(only)] },
      ],
    };
  }
  return {
    kind: 'table',
    columns: parties.map(() => 1),
    above: 4,
    smallest: 7,
    whole: true,
    rows: [
      { height: 10, cells: parties.map((party) => valueCell(name(party))) },
      { height: 46, cells: parties.map(seal) },
      {
        height: 32,
        cells: parties.map((party) => ({
          ...representative(party),
          ...(party === 'customer' ? { rows: 2 } : {}),
        })),
      },
      { height: 32, cells: [agent] },
    ],
  };
}
