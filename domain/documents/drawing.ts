import type { Stroke } from '../order/order.ts';

/** The two faces of a document: the serif for text, the sans for headings. */
export type Face = 'serif' | 'sans';

/** A rectangle on a page, in mm from its top left corner. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Something at a place on a page. Lengths are in mm from the top left corner. */
export type Mark =
  /** `y` is the baseline, `size` in mm; every character has a glyph in `face`. `within` is where it must stay. */
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly face: Face;
      readonly size: number;
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly within: Box;
      /** How much farther than its advance the pen goes after each character, in em. */
      readonly moves?: readonly number[];
    }
  /** Open lines through points `[x, y]`. */
  | {
      readonly kind: 'line';
      readonly points: readonly (readonly [number, number])[];
      readonly thickness: number;
    }
  /** `url` is a `data:` URL of a PNG or JPEG. */
  | { readonly kind: 'image'; readonly url: string; readonly box: Box }
  | { readonly kind: 'signature'; readonly strokes: readonly Stroke[]; readonly box: Box }
  /** Light grey across the page, under everything: begins at `x`, `y` and rises by 45°. */
  | {
      readonly kind: 'watermark';
      readonly text: string;
      readonly face: Face;
      readonly size: number;
      readonly x: number;
      readonly y: number;
    }
  /** A place that the outline names; `level` 0 is the document itself. */
  | {
      readonly kind: 'bookmark';
      readonly title: string;
      readonly level: number;
      readonly y: number;
    };

/** A laid-out document, ready to be written. */
export interface Drawing {
  readonly title: string;
  readonly pages: readonly { readonly marks: readonly Mark[] }[];
}

/** A4 portrait, in mm. */
export const PAGE = { width: 210, height: 297 } as const;
/** Millimetres in a PDF point. */
export const POINT = 25.4 / 72;
