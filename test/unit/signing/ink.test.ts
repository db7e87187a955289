import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Stroke, StrokePoint } from '../../../domain/order/order.ts';
import {
  fitInk,
  inkBounds,
  inkLength,
  inkPaths,
  inkProblem,
  inkViewBox,
  toInk,
  toPointGroups,
  withSample,
} from '../../../renderer/screens/signing/ink.ts';

const point = (x: number, y: number, time = 0, pressure = 0.5): StrokePoint => ({
  x,
  y,
  time,
  pressure,
});
const line = (points: number, step = 10): Stroke =>
  Array.from({ length: points }, (_, index) => point(index * step, index * 4, index * 8));

const strokes = fc.array(
  fc.array(
    fc.record({
      x: fc.integer({ min: 0, max: 900 }),
      y: fc.integer({ min: 0, max: 400 }),
      time: fc.integer({ min: 0, max: 10_000 }),
      pressure: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { minLength: 1, maxLength: 40 },
  ),
  { minLength: 1, maxLength: 6 },
);

describe('a stroke in the making', () => {
  test('leaves out samples that lie on the one before', () => {
    const stroke = withSample(withSample([], point(10, 10, 1)), point(10.4, 10.4, 2));
    expect(stroke).toHaveLength(1);
  });

  test('keeps coalesced samples apart and never lets time run back', () => {
    const stroke = [point(0, 0, 100), point(5, 0, 96), point(10, 0, 104)].reduce<Stroke>(
      (made, sample) => withSample(made, sample),
      [],
    );
    expect(stroke.map(({ time }) => time)).toEqual([100, 100, 104]);
  });

  test('stops growing at 5,000 points of the whole signature', () => {
    expect(withSample([point(0, 0)], point(50, 50), 4_999)).toHaveLength(1);
    expect(withSample([point(0, 0)], point(50, 50), 4_998)).toHaveLength(2);
  });
});

describe('what counts as a signature', () => {
  test('an empty pad, a dot and a short dash do not', () => {
    expect(inkProblem([])).toMatch('还没有签名');
    expect(inkProblem([[point(100, 100)]])).toMatch('一个点');
    expect(inkProblem([[point(100, 100), point(112, 104)]])).toMatch('很短的一划');
  });

  test('many dots in one place do not', () => {
    const dots = Array.from({ length: 60 }, (_, index) => [point(100 + (index % 5), 100)]);
    expect(inkProblem(dots)).not.toBeNull();
  });

  test('a written name does', () => {
    expect(inkProblem([line(20), line(12)])).toBeNull();
  });
});

describe('ink on a pad of another size', () => {
  test('goes there and back without loss', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 300, max: 1600 }),
        fc.integer({ min: 200, max: 900 }),
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 0, max: 200 }),
        (width, height, x, y) => {
          const fit = fitInk({ width: 700, height: 300 }, { width, height });
          const back = toInk(fit, { x: x * fit.scale + fit.x, y: y * fit.scale + fit.y });
          expect(back.x).toBeCloseTo(x, 6);
          expect(back.y).toBeCloseTo(y, 6);
        },
      ),
    );
  });

  test('stays inside the pad whatever its shape', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 1600 }),
        fc.integer({ min: 100, max: 1600 }),
        (width, height) => {
          const fit = fitInk({ width: 700, height: 300 }, { width, height });
          expect(fit.x).toBeGreaterThanOrEqual(-1e-9);
          expect(fit.y).toBeGreaterThanOrEqual(-1e-9);
          expect(fit.x + 700 * fit.scale).toBeLessThanOrEqual(width + 1e-9);
          expect(fit.y + 300 * fit.scale).toBeLessThanOrEqual(height + 1e-9);
        },
      ),
    );
  });
});

describe('signature_pad’s data', () => {
  test('holds every point of every stroke, in order', () => {
    const given = [line(12), [point(3, 4, 5)], [point(0, 0, 1), point(30, 30, 9)]];
    const groups = toPointGroups(given);
    expect(groups.map(({ points }, index) => points.slice(0, given[index]?.length))).toEqual(given);
  });

  test('draws each stroke to its last point', () => {
    const [group] = toPointGroups([line(5)]);
    expect(group?.points.at(-2)).toMatchObject({ x: 40, y: 16 });
    expect(group?.points.at(-1)).toMatchObject({ x: 40, y: 16 });
  });
});

describe('the picture of a signature', () => {
  test('runs through every point of every stroke', () => {
    fc.assert(
      fc.property(strokes, (given) => {
        for (const stroke of given) {
          const paths = inkPaths(stroke);
          expect(paths).toHaveLength(Math.max(1, stroke.length - 1));
          paths.forEach((path, index) => {
            expect(path.d).toMatch(`M${stroke[index]?.x} ${stroke[index]?.y}`);
            expect(path.d).not.toMatch(/NaN|Infinity/);
          });
        }
      }),
    );
  });

  test('is thinner where the pen was fast', () => {
    const slow = inkPaths([point(0, 0, 0), point(10, 0, 100), point(20, 0, 200)]);
    const fast = inkPaths([point(0, 0, 0), point(10, 0, 4), point(20, 0, 8)]);
    expect(slow.at(-1)?.width ?? 0).toBeGreaterThan(fast.at(-1)?.width ?? 0);
  });

  test('has a view box that holds all ink', () => {
    fc.assert(
      fc.property(strokes, (given) => {
        const [x = 0, y = 0, width = 0, height = 0] = (inkViewBox(given) ?? '')
          .split(' ')
          .map(Number);
        const bounds = inkBounds(given);
        expect(bounds && bounds.x > x && bounds.y > y).toBe(true);
        expect(bounds && bounds.x + bounds.width < x + width).toBe(true);
        expect(bounds && bounds.y + bounds.height < y + height).toBe(true);
      }),
    );
  });

  test('has no view box without ink', () => {
    expect(inkViewBox([])).toBeNull();
  });

  test('measures ink along the strokes, not between them', () => {
    expect(inkLength([[point(0, 0), point(30, 40)], [point(500, 500)]])).toBe(50);
  });
});
