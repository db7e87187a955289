/** Writes assets/coverage.json, what the two shipped faces can draw: `npx tsx build/coverage.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rangesOf } from '../domain/documents/coverage.ts';
import { readTypeface } from '../domain/documents/typeface.ts';

const FACES = [
  '@expo-google-fonts/noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf',
  '@expo-google-fonts/noto-sans-sc/500Medium/NotoSansSC_500Medium.ttf',
];
const codePoints = FACES.flatMap((face) => {
  const bytes = readFileSync(fileURLToPath(import.meta.resolve(face)));
  return [...readTypeface(bytes).glyphs.keys()];
});
const file = new URL('../assets/coverage.json', import.meta.url);
writeFileSync(file, `${JSON.stringify({ ranges: rangesOf(codePoints) })}\n`);
