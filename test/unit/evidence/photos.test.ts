import { describe, expect, it } from 'vitest';
import { inkBox, whiten } from '../../../renderer/seal/photos.ts';

/** Paper of one colour with a red square on it. */
const photo = (paper: number, square: { x: number; y: number; side: number }) => {
  const [width, height] = [100, 80];
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const { x: left, y: top, side } = square;
      const red = x >= left && x < left + side && y >= top && y < top + side;
      data.set(red ? [200, 30, 40, 255] : [paper, paper, paper, 255], (y * width + x) * 4);
    }
  }
  return { data, width, height };
};

describe('a photo of a seal', () => {
  it('is cut to what is printed, with a little paper around', () => {
    const { x, y, width, height } = inkBox(photo(255, { x: 30, y: 20, side: 25 }));
    expect({ x, y, width, height }).toEqual({ x: 29, y: 19, width: 27, height: 27 });
  });

  it('stays whole when nothing stands out', () => {
    const blank = photo(255, { x: 0, y: 0, side: 0 });
    expect(inkBox(blank)).toEqual({ x: 0, y: 0, width: 100, height: 80 });
  });

  it('loses the grey of its paper and keeps its red', () => {
    const dull = photo(180, { x: 30, y: 20, side: 25 });
    whiten(dull.data);
    expect([...dull.data.subarray(0, 3)]).toEqual([255, 255, 255]);
    const at = (30 * 100 + 40) * 4;
    const [red = 0, green = 0] = dull.data.subarray(at, at + 2);
    expect(red).toBe(255);
    expect(green).toBeLessThan(70);
    expect(inkBox(dull).width).toBe(27);
  });
});
