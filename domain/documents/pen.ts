import type { Stroke, StrokePoint } from '../order/order.ts';
import type { Box } from './drawing.ts';

/** A piece of a pen line: a cubic Bézier curve with one thickness, all in mm. */
export interface PenLine {
  readonly from: readonly [number, number];
  readonly control: readonly [readonly [number, number], readonly [number, number]];
  readonly to: readonly [number, number];
  readonly thickness: number;
}

/** Thickness of a line drawn slowly and of one drawn fast, in mm on paper. */
const THICKNESS = { slow: 0.55, fast: 0.25 } as const;
/** A signature is never drawn larger than this many mm for a CSS px of the pad. */
const LARGEST_SCALE = 0.2;

/**
 * The strokes of a signature, scaled into the middle of `box` with their aspect kept. The curve
 * runs through the middles between the recorded points, with the points as controls, and is
 * thinner where the pen was faster.
 */
export function penLines(strokes: readonly Stroke[], box: Box): PenLine[] {
  const points = strokes.flat();
  if (points.length === 0) return [];
  const left = Math.min(...points.map(({ x }) => x));
  const top = Math.min(...points.map(({ y }) => y));
  const width = Math.max(...points.map(({ x }) => x)) - left;
  const height = Math.max(...points.map(({ y }) => y)) - top;
  const inner = { width: box.width - THICKNESS.slow, height: box.height - THICKNESS.slow };
  const scale = Math.min(
    inner.width / Math.max(width, 1),
    inner.height / Math.max(height, 1),
    LARGEST_SCALE,
  );
  const place = ({ x, y }: StrokePoint): Point => [
    box.x + box.width / 2 + (x - left - width / 2) * scale,
    box.y + box.height / 2 + (y - top - height / 2) * scale,
  ];

  return strokes.flatMap((stroke) => {
    let thickness: number = THICKNESS.slow;
    return stroke.map((point, i): PenLine => {
      thickness = 0.6 * thickness + 0.4 * thicknessAt(stroke, i);
      const previous = stroke[i - 1];
      const next = stroke[i + 1];
      const via = place(point);
      const from = previous ? middle(place(previous), via) : via;
      const to = next ? middle(via, place(next)) : via;
      // A quadratic curve with the point as its control, written as a cubic one.
      return { from, control: [toward(from, via), toward(to, via)], to, thickness };
    });
  });
}

type Point = readonly [number, number];
const middle = (a: Point, b: Point): Point => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
const toward = (a: Point, b: Point): Point => [
  a[0] + (2 / 3) * (b[0] - a[0]),
  a[1] + (2 / 3) * (b[1] - a[1]),
];

/** Full at rest, thinner with speed (px/ms on the pad). */
function thicknessAt(stroke: Stroke, index: number): number {
  const [a, b] = [stroke[index - 1], stroke[index]];
  if (!a || !b) return THICKNESS.slow;
  const speed = Math.hypot(b.x - a.x, b.y - a.y) / Math.max(b.time - a.time, 1);
  return Math.max(THICKNESS.fast, THICKNESS.slow / (1 + 0.5 * speed));
}
