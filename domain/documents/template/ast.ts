/**
 * What the text of a template pack says, line by line. The text comes from Markdown:
 *
 * ```markdown
 * # 客户IMS业务协议                       title
 * {{parties}}                             the block of both parties
 * ## 第四条 资费与结算                    heading, level 1; ### is level 2
 * 本条约定资费。                          paragraph
 * 1. 月资费为 {{agreement.monthlyFee}} 元。    clause, level 2
 *    （1）缴费周期：{{box:agreement.paymentCycle=monthly}}按月   clause, level 3
 *
 * | 项目 | 内容 |                         table (as on GitHub)
 * | --- | --- |
 * | 账号 | {{carrier.payee.accountNumber}} |
 *
 * ---                                     page break
 *
 * {{signatures}}                          the places where both sign; {{signatures:customer}} only 甲方
 * ```
 */
import type { DocumentId, FactKey } from '../../order/dictionary.ts';

/** The documents whose text a pack brings; the others are forms that the app lays out itself. */
export const TEMPLATE_DOCUMENTS = [
  'agreement',
  'access-agreement',
  'commitment',
] as const satisfies readonly DocumentId[];
export type TemplateDocument = (typeof TEMPLATE_DOCUMENTS)[number];

/** What a blank can also print: facts that are never typed, and the facts they follow from. */
export const DERIVED_BLANKS = {
  /** 协议期限的月数 */
  'derived.termMonths': ['agreement.termStart', 'agreement.termEnd'],
  /** 费用总计, in yuan: typed, or else monthly fee × months */
  'derived.totalFee': [
    'agreement.totalFee',
    'agreement.monthlyFee',
    'agreement.termStart',
    'agreement.termEnd',
  ],
  /** 费用总计（大写） */
  'derived.totalInCapitals': [
    'agreement.totalFee',
    'agreement.monthlyFee',
    'agreement.termStart',
    'agreement.termEnd',
  ],
  /** 各执…份: half of the copies */
  'derived.copiesEach': ['agreement.copies'],
} as const satisfies Record<string, readonly FactKey[]>;
export type DerivedBlank = keyof typeof DERIVED_BLANKS;

/** What `{{…}}` may name. */
export type BlankKey = FactKey | DerivedBlank;

export type Party = 'customer' | 'carrier';

/** Something with its line in the file, from 1. */
interface OnLine {
  readonly line: number;
}

export type TemplateInline = OnLine &
  (
    | { readonly kind: 'text'; readonly text: string; readonly strong?: true }
    /** The fact's value on an underlined blank, without its unit: the text around it has that. */
    | { readonly kind: 'blank'; readonly key: BlankKey }
    /** A check box alone, ticked when the fact has this value; its label is the text that follows. */
    | { readonly kind: 'box'; readonly key: FactKey; readonly value: string }
  );

export type TemplateText = readonly TemplateInline[];

export type TemplateNode = OnLine &
  (
    | { readonly kind: 'title'; readonly content: TemplateText }
    /** Level 1: 第一条 …; level 2: a heading under it. The number is part of the content. */
    | { readonly kind: 'heading'; readonly level: 1 | 2; readonly content: TemplateText }
    /** Level 2 is printed `3.`, level 3 `（3）`. */
    | {
        readonly kind: 'clause';
        readonly level: 2 | 3;
        readonly number: number;
        readonly content: TemplateText;
      }
    /** `under`: the level of the clause it continues; 1 when it stands under a heading. */
    | { readonly kind: 'paragraph'; readonly under: 1 | 2 | 3; readonly content: TemplateText }
    | {
        readonly kind: 'table';
        /** One for each column. */
        readonly align: readonly ('left' | 'centre' | 'right')[];
        /** Repeated on every page; null when the Markdown's first row is empty. */
        readonly head: readonly TemplateText[] | null;
        readonly rows: readonly (readonly TemplateText[])[];
      }
    | { readonly kind: 'pageBreak' }
    /** Name, representative and address of each party. */
    | { readonly kind: 'parties' }
    /** The places for name, seal, signature and date of these parties. */
    | { readonly kind: 'signatures'; readonly parties: readonly Party[] }
  );

/** The same kinds in one word each. */
export type TemplateClause = Extract<TemplateNode, { kind: 'clause' }>;
export type TemplateTable = Extract<TemplateNode, { kind: 'table' }>;

/** What is wrong with a template; the message is Chinese and says what to do. */
export interface TemplateError extends OnLine {
  readonly message: string;
}

/** A template pack that was checked: nothing in it is unknown, and everything can be printed. */
export interface TemplatePack {
  readonly id: string;
  readonly version: string;
  readonly title: string;
  /** `YYYY-MM-DD`: from this day on the text is in force. */
  readonly effectiveOn: string;
  /** SHA-256 (hex) of `manifest.json`, which holds the SHA-256 of every file. */
  readonly hash: string;
  readonly documents: Readonly<Partial<Record<DocumentId, readonly TemplateNode[]>>>;
  /** Shipped text in our own words: every page says 样本. */
  readonly specimen: boolean;
}
