import { describe, expect, it } from 'vitest';
import coverage from '../../../assets/coverage.json' with { type: 'json' };
import { coverageFrom, rangesOf } from '../../../domain/documents/coverage.ts';
import { typefaces } from './printing.ts';

describe('the shipped coverage', () => {
  it('is what the two faces can draw (else run npx tsx build/coverage.ts)', () => {
    const { serif, sans } = typefaces;
    expect(coverage.ranges).toEqual(rangesOf([...serif.glyphs.keys(), ...sans.glyphs.keys()]));
  });

  it('answers for every code point as the faces do, and refuses the soft hyphen that nobody sees', () => {
    const canPrint = coverageFrom(coverage);
    const { serif, sans } = typefaces;
    for (let codePoint = 0; codePoint < 0x30000; codePoint++) {
      const drawn =
        codePoint !== 0xad && (serif.glyphs.has(codePoint) || sans.glyphs.has(codePoint));
      if (canPrint(codePoint) !== drawn) expect.fail(`U+${codePoint.toString(16)}`);
    }
  });
});
