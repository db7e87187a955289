import type { Stroke } from '../order/order.ts';

/**
 * What a document says, before anybody knows where on the paper it stands. Lengths are in mm,
 * text sizes in pt.
 */
export interface DocumentModel {
  /** On every page: the document's name and the order's number. */
  readonly name: string;
  readonly orderNumber: string;
  /** Stands in large light letters across every page, such as 样本. */
  readonly watermark?: string;
  /** Each begins a new page. */
  readonly sections: readonly (readonly Block[])[];
}

export type Block = Heading | Paragraph | Table;

/** A title in the sans face, with its annex number at the left above it. */
export interface Heading {
  readonly kind: 'heading';
  readonly annex?: string;
  readonly text: string;
  /** Names the place in the outline, under the document. */
  readonly bookmark?: true;
}

export interface Paragraph {
  readonly kind: 'paragraph';
  readonly content: Content;
  readonly face?: 'serif' | 'sans';
  readonly size?: number;
  readonly align?: Align | 'justify';
  /** Space above it. */
  readonly above?: number;
  /** From one line to the next, in em. */
  readonly leading?: number;
  /** All its lines begin so far in, in em; the label, such as `（1）`, at `left`. */
  readonly indent?: number;
  readonly label?: { readonly text: string; readonly left: number };
  /** Its first line begins so much farther in, in em. */
  readonly firstIndent?: number;
  /** Stays on the page of what follows. */
  readonly withNext?: true;
  /** Names the place in the outline: 1 for an article, 2 for a part of one. */
  readonly bookmark?: { readonly title: string; readonly level: number };
}

export type Align = 'left' | 'centre' | 'right';

/** Running text; `\n` in a string begins a new line. */
export type Content = readonly Inline[];
export type Inline =
  /** The form's own words. */
  | string
  /** Words that must catch the eye, in the sans face. */
  | { readonly kind: 'strong'; readonly text: string }
  /** What the order says. `field` names it when a character cannot be printed. */
  | { readonly kind: 'value'; readonly text: string; readonly field: string }
  /** The same on an underlined blank at least `width` wide. */
  | {
      readonly kind: 'blank';
      readonly text: string;
      readonly field: string;
      readonly width: number;
    }
  | {
      readonly kind: 'check';
      readonly ticked: boolean;
      readonly label: string;
      readonly field: string;
    };

export interface Table {
  readonly kind: 'table';
  /** Relative widths. */
  readonly columns: readonly number[];
  readonly rows: readonly Row[];
  /** So many rows at the top are repeated on every page. */
  readonly head?: number;
  /** Grows to the foot of the page, rows in proportion to their heights. */
  readonly fill?: boolean;
  readonly borderless?: boolean;
  /** Stays on one page. */
  readonly whole?: true;
  /** Space above it. */
  readonly above?: number;
  /** Size of its text. */
  readonly size?: number;
  /** Text that does not fit a line of its cell is set smaller, down to this, before it wraps. */
  readonly smallest?: number;
}

export interface Row {
  /** At least so high. */
  readonly height: number;
  readonly cells: readonly Cell[];
}

export type Cell = TextCell | SigningCell | SealCell;

interface Spanning {
  readonly columns?: number;
  readonly rows?: number;
}

export interface TextCell extends Spanning {
  readonly kind: 'text';
  readonly content: Content;
  readonly align?: Align;
  readonly face?: 'serif' | 'sans';
  /** Names what stands beside it: in the middle, its lines equally long, never made smaller to fit one line. */
  readonly label?: true;
}

/**
 * Where somebody signs: what is signed as, the strokes, the name and the date. With borders it is
 * a box with room for a seal; without, the strokes stand on a line of their own. With an empty
 * label it is the picture of the strokes and nothing else.
 */
export interface SigningCell extends Spanning {
  readonly kind: 'signing';
  readonly label: string;
  readonly strokes: readonly Stroke[];
  readonly name: { readonly text: string; readonly field: string };
  readonly date: { readonly text: string; readonly field: string };
  readonly seal?: Picture | undefined;
}

/** A picture with its size in pixels; `url` is a `data:` URL of a PNG or JPEG. */
export interface Picture {
  readonly url: string;
  readonly width: number;
  readonly height: number;
}

/** The place of a seal: what goes there stands small at its top. */
export interface SealCell extends Spanning {
  readonly kind: 'seal';
  readonly label: string;
  readonly picture?: Picture | undefined;
}
