import type { Face } from './drawing.ts';
import type { Metrics } from './text.ts';
import type { Typeface } from './typeface.ts';

/** What the layout asks, answered by the two faces, which help each other out. */
export const metricsOf = (typefaces: Readonly<Record<Face, Typeface>>): Metrics => ({
  faceFor: (codePoint, preferred) => {
    const other = preferred === 'serif' ? 'sans' : 'serif';
    if (typefaces[preferred].glyphs.has(codePoint)) return preferred;
    return typefaces[other].glyphs.has(codePoint) ? other : null;
  },
  advance: (codePoint, face) => {
    const typeface = typefaces[face];
    return typeface.advance(typeface.glyphs.get(codePoint) ?? 0) / 1000;
  },
});
