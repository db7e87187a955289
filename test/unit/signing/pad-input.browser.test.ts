import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Ink, NO_INK } from '../../../renderer/screens/signing/ink.ts';
import { InkSurface } from '../../../renderer/screens/signing/ink-surface.ts';
import { PadInput } from '../../../renderer/screens/signing/pad-input.ts';

const frame = document.createElement('div');
const dry = document.createElement('canvas');
const wet = document.createElement('canvas');
let pad: PadInput;
let given: Ink[] = [];

beforeEach(() => {
  frame.style.cssText = 'position: fixed; left: 20px; top: 30px; width: 600px; height: 260px';
  for (const canvas of [dry, wet])
    canvas.style.cssText = 'position: absolute; inset: 0; width: 100%; height: 100%';
  frame.replaceChildren(dry, wet);
  document.body.append(frame);
  // Only a pointer of the machine's can be captured; these are made by the test.
  frame.setPointerCapture = () => undefined;
  given = [];
  const surfaces = { dry: new InkSurface(dry), wet: new InkSurface(wet) };
  pad = new PadInput(frame, surfaces, (ink) => given.push(ink));
});
afterEach(() => {
  pad.dispose();
  frame.remove();
});

/** A pointer event at a place on the pad (CSS px from its corner). */
const at = (type: string, x: number, y: number, more: PointerEventInit = {}): PointerEvent =>
  new PointerEvent(type, {
    clientX: 20 + x,
    clientY: 30 + y,
    pointerId: 1,
    pointerType: 'mouse',
    button: 0,
    bubbles: true,
    cancelable: true,
    ...more,
  });
const send = (...events: PointerEvent[]) => {
  for (const event of events) frame.dispatchEvent(event);
};
const stroke = (places: [number, number][], more: PointerEventInit = {}) => {
  const [[x, y] = [0, 0], ...rest] = places;
  send(at('pointerdown', x, y, more), ...rest.map(([a, b]) => at('pointermove', a, b, more)));
  send(at('pointerup', ...(places.at(-1) ?? [0, 0]), more));
};

/** Whether there is ink within 3 CSS px of a place on the pad. */
const inkAt = (canvas: HTMLCanvasElement, x: number, y: number): boolean => {
  const ratio = canvas.width / frame.clientWidth;
  const pixels = canvas
    .getContext('2d')
    ?.getImageData((x - 3) * ratio, (y - 3) * ratio, 6 * ratio, 6 * ratio).data;
  return pixels?.some((value, index) => index % 4 === 3 && value > 128) ?? false;
};
const nextFrame = () => new Promise((resolve) => requestAnimationFrame(() => resolve(null)));
/** Long enough for a resize observer to have run. */
const settled = async () => {
  await nextFrame();
  await nextFrame();
};

describe('the signature pad', () => {
  test('takes a stroke where the pointer was, and shows it', () => {
    stroke([
      [100, 100],
      [200, 150],
      [300, 100],
    ]);
    const [ink] = given;
    expect(ink?.size).toEqual({ width: 600, height: 260 });
    expect(ink?.strokes[0]?.map(({ x, y }) => [x, y])).toEqual([
      [100, 100],
      [200, 150],
      [300, 100],
    ]);
    expect(inkAt(dry, 200, 150)).toBe(true);
    expect(inkAt(dry, 200, 220)).toBe(false);
  });

  test('keeps every sample that a fast pen gave between two frames, with its pressure', () => {
    const samples = [10, 20, 30, 40].map((x) =>
      at('pointermove', 100 + x, 100, { pointerType: 'pen', pressure: x / 100 }),
    );
    send(at('pointerdown', 100, 100, { pointerType: 'pen', pressure: 0.05 }));
    send(
      at('pointermove', 140, 100, {
        pointerType: 'pen',
        pressure: 0.4,
        coalescedEvents: samples,
      }),
    );
    send(at('pointerup', 140, 100, { pointerType: 'pen' }));
    expect(given[0]?.strokes[0]?.map(({ x, pressure }) => [x, pressure])).toEqual([
      [100, 0.05],
      [110, 0.1],
      [120, 0.2],
      [130, 0.3],
      [140, 0.4],
    ]);
  });

  test('shows the stroke while it is being drawn', async () => {
    send(at('pointerdown', 50, 50), at('pointermove', 90, 50), at('pointermove', 130, 50));
    await nextFrame();
    expect(inkAt(wet, 90, 50)).toBe(true);
    send(at('pointerup', 130, 50));
    expect(inkAt(wet, 90, 50)).toBe(false);
    expect(inkAt(dry, 90, 50)).toBe(true);
  });

  test('ignores a second finger', () => {
    const second = { pointerId: 2, pointerType: 'touch' };
    send(at('pointerdown', 50, 50, { pointerType: 'touch' }));
    send(at('pointerdown', 400, 200, second), at('pointermove', 450, 200, second));
    send(at('pointermove', 90, 50, { pointerType: 'touch' }), at('pointerup', 450, 200, second));
    send(at('pointerup', 90, 50, { pointerType: 'touch' }));
    expect(given).toHaveLength(1);
    expect(given[0]?.strokes[0]?.map(({ x }) => x)).toEqual([50, 90]);
  });

  test('lets a pen take over from the palm that touched first', () => {
    const pen = { pointerId: 2, pointerType: 'pen' };
    send(at('pointerdown', 500, 250, { pointerType: 'touch' }));
    stroke(
      [
        [100, 100],
        [140, 100],
      ],
      pen,
    );
    send(at('pointerup', 500, 250, { pointerType: 'touch' }));
    expect(given.at(-1)?.strokes).toHaveLength(1);
    expect(given.at(-1)?.strokes[0]?.[0]).toMatchObject({ x: 100, y: 100 });
  });

  test('keeps what was drawn when the system takes the pointer away', () => {
    send(at('pointerdown', 50, 50), at('pointermove', 90, 50), at('pointercancel', 90, 50));
    expect(given[0]?.strokes[0]).toHaveLength(2);
  });

  test('does not start a stroke with the right button', () => {
    send(at('pointerdown', 50, 50, { button: 2 }), at('pointermove', 90, 50, { button: 2 }));
    send(at('pointerup', 90, 50, { button: 2 }));
    expect(given).toHaveLength(0);
  });

  test('turned to another shape keeps the numbers and shows the whole stroke, undistorted', async () => {
    stroke([
      [0, 130],
      [300, 30],
      [600, 130],
    ]);
    const before = given[0];
    frame.style.width = '300px';
    frame.style.height = '400px';
    await settled();
    // 600×260 in 300×400: half the size, in the middle of the height.
    expect(inkAt(dry, 150, 135 + 15)).toBe(true);
    expect(inkAt(dry, 297, 135 + 65)).toBe(true);
    stroke([
      [0, 135],
      [100, 135],
    ]);
    const after = given.at(-1);
    expect(after?.size).toEqual({ width: 600, height: 260 });
    expect(after?.strokes[0]).toEqual(before?.strokes[0]);
    expect(after?.strokes[1]?.map(({ x, y }) => [x, y])).toEqual([
      [0, 0],
      [200, 0],
    ]);
  });

  test('shows what it is told to: nothing after clearing', () => {
    stroke([
      [100, 100],
      [200, 100],
    ]);
    pad.show(NO_INK);
    expect(inkAt(dry, 150, 100)).toBe(false);
    stroke([
      [10, 10],
      [60, 10],
    ]);
    expect(given.at(-1)?.strokes).toHaveLength(1);
  });
});
