/**
 * Ink: the strokes of a signature as plain data, and how they are drawn on the pad and as a picture.
 *
 * A signature lives in its own fixed space, in CSS px of the pad on which its first stroke was
 * made. When the pad changes its size or is turned, the strokes keep their numbers and are drawn
 * through a `Fit`, so that nothing is lost or distorted.
 */
import type { BasicPoint, PointGroup } from 'signature_pad';
import type { Stroke, StrokePoint } from '../../../domain/order/order.ts';

/** How the pen draws; widths are radii in CSS px, as signature_pad counts them. */
export const PEN = {
  dotSize: 1.8,
  minWidth: 0.9,
  maxWidth: 2.8,
  penColor: '#10182b',
  velocityFilterWeight: 0.7,
  compositeOperation: 'source-over',
} as const satisfies Omit<PointGroup, 'points'>;

/** Samples nearer than this (CSS px) to the one before add noise and bytes, but no shape. */
const MIN_DISTANCE = 1.5;
/** What a signature must at least be: this much ink (CSS px) over this much room. */
const MIN_INK = 80;
const MIN_EXTENT = 24;
/** Most points a signature may have: at 5,000 its JSON is well under the wire's limit of one value. */
const MAX_POINTS = 5_000;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A signature in the making: its strokes, and the size of the pad in whose px they count. */
export interface Ink {
  readonly size: Size;
  readonly strokes: readonly Stroke[];
}
export const NO_INK: Ink = { size: { width: 1, height: 1 }, strokes: [] };

/** Ink space → pad: uniform scale about the origin, then a shift (CSS px). */
export interface Fit {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export interface Box extends Size {
  readonly x: number;
  readonly y: number;
}

const distance = (a: StrokePoint, b: StrokePoint): number => Math.hypot(a.x - b.x, a.y - b.y);

const rounded = (value: number, steps: number): number => Math.round(value * steps) / steps;

/** The number of points in all strokes. */
export const pointCount = (strokes: readonly Stroke[]): number =>
  strokes.reduce((sum, stroke) => sum + stroke.length, 0);

/** Adds a sample to a stroke in the making; one that is too near, or one too many, is left out. */
export const withSample = (stroke: Stroke, sample: StrokePoint, before = 0): Stroke => {
  const last = stroke.at(-1);
  if (before + stroke.length >= MAX_POINTS) return stroke;
  if (last && distance(last, sample) < MIN_DISTANCE) return stroke;
  return [
    ...stroke,
    {
      x: rounded(sample.x, 10),
      y: rounded(sample.y, 10),
      // Coalesced samples may carry the same millisecond; time never runs back.
      time: Math.max(rounded(sample.time, 1), last?.time ?? 0),
      pressure: rounded(Math.min(1, Math.max(0, sample.pressure)), 1000),
    },
  ];
};

/** The smallest box around all points, without the pen's width; null when there are none. */
export const inkBounds = (strokes: readonly Stroke[]): Box | null => {
  const points = strokes.flat();
  if (points.length === 0) return null;
  const xs = points.map((point) => point.x);
  const ys = points.map((point) => point.y);
  const x = Math.min(...xs);
  const y = Math.min(...ys);
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
};

/** Length of all strokes, CSS px. */
export const inkLength = (strokes: readonly Stroke[]): number =>
  strokes.reduce((sum, stroke) => {
    let length = 0;
    stroke.forEach((point, index) => {
      const before = stroke[index - 1];
      if (before) length += distance(before, point);
    });
    return sum + length;
  }, 0);

/** Why these strokes are no signature, in Chinese; null when they can be one. */
export const inkProblem = (strokes: readonly Stroke[]): string | null => {
  const bounds = inkBounds(strokes);
  if (!bounds) return '还没有签名，请在框内签名。';
  const extent = Math.max(bounds.width, bounds.height);
  if (extent < MIN_EXTENT || inkLength(strokes) < MIN_INK)
    return '只有一个点或很短的一划，看不出签名。请清除后重新签名。';
  return null;
};

/** Lays ink made on a pad of `ink` size into a pad of `pad` size: as large as fits, centred. */
export const fitInk = (ink: Size, pad: Size): Fit => {
  const scale = Math.min(pad.width / ink.width, pad.height / ink.height);
  return {
    scale,
    x: (pad.width - ink.width * scale) / 2,
    y: (pad.height - ink.height * scale) / 2,
  };
};

/** A place on the pad in ink space: the inverse of drawing through `fit`. */
export const toInk = (fit: Fit, point: { x: number; y: number }): { x: number; y: number } => ({
  x: (point.x - fit.x) / fit.scale,
  y: (point.y - fit.y) / fit.scale,
});

/**
 * Strokes as signature_pad draws them. It leaves the way to the last point of a stroke undrawn, so
 * the last point is given twice.
 */
export const toPointGroups = (strokes: readonly Stroke[]): PointGroup[] =>
  strokes
    .filter((stroke) => stroke.length > 0)
    .map((stroke) => {
      const points: BasicPoint[] = stroke.map((point) => ({ ...point }));
      const last = stroke.at(-1);
      if (last && stroke.length > 2) points.push({ ...last, time: last.time + 8 });
      return { ...PEN, points };
    });

/** A piece of a drawn stroke: an SVG path and the width of its line. */
export interface InkPath {
  readonly d: string;
  readonly width: number;
}

const fixed = (value: number): string => String(rounded(value, 100));
const at = (point: { x: number; y: number }): string => `${fixed(point.x)} ${fixed(point.y)}`;

/** The control points of a smooth curve on both sides of `b`, by signature_pad's rule. */
const controls = (a: StrokePoint, b: StrokePoint, c: StrokePoint) => {
  const before = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  const after = { x: (b.x + c.x) / 2, y: (b.y + c.y) / 2 };
  const lengthBefore = distance(a, b);
  const lengthAfter = distance(b, c);
  const share = lengthBefore + lengthAfter === 0 ? 0 : lengthAfter / (lengthBefore + lengthAfter);
  const shift = {
    x: b.x - (after.x + (before.x - after.x) * share),
    y: b.y - (after.y + (before.y - after.y) * share),
  };
  return {
    before: { x: before.x + shift.x, y: before.y + shift.y },
    after: { x: after.x + shift.x, y: after.y + shift.y },
  };
};

/**
 * A stroke as SVG paths, thinner where the pen was fast: the picture the signatory saw on the pad.
 * Lines are to be drawn with round caps.
 */
export const inkPaths = (stroke: Stroke): InkPath[] => {
  const [first] = stroke;
  if (!first) return [];
  if (stroke.length === 1) return [{ d: `M${at(first)}h.01`, width: PEN.dotSize * 2 }];
  let speed = 0;
  return stroke.slice(1).map((end, index) => {
    const start = stroke[index] ?? first;
    const out = controls(stroke[index - 1] ?? start, start, end).after;
    const into = controls(start, end, stroke[index + 2] ?? end).before;
    const elapsed = end.time - start.time;
    const momentary = elapsed > 0 ? distance(start, end) / elapsed : 0;
    speed = PEN.velocityFilterWeight * momentary + (1 - PEN.velocityFilterWeight) * speed;
    const radius = Math.max(PEN.maxWidth / (speed + 1), PEN.minWidth);
    return {
      d: `M${at(start)}C${at(out)} ${at(into)} ${at(end)}`,
      width: rounded(radius * 2, 100),
    };
  });
};

/** The SVG view box around a signature, with room for the pen's width; null when there is no ink. */
export const inkViewBox = (strokes: readonly Stroke[]): string | null => {
  const bounds = inkBounds(strokes);
  if (!bounds) return null;
  const room = PEN.maxWidth * 2;
  return [bounds.x - room, bounds.y - room, bounds.width + 2 * room, bounds.height + 2 * room]
    .map(fixed)
    .join(' ');
};
