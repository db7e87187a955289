/** The whole file of an order with 21 lines and 128 members, unsigned; see `draw.ts`. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createPrinter, PRINTABLE } from '../../../domain/documents/index.ts';
import { parseOrderFile } from '../../../domain/order/file.ts';
import { readPack } from '../../../server/cli/packs.ts';
import { reference } from '../../../server/cli/reference.ts';
import type { Drawn } from './draw.ts';
import { median } from './figures.ts';

const load = (file: string): Buffer => readFileSync(fileURLToPath(import.meta.resolve(file)));
const read = parseOrderFile(
  readFileSync(new URL('../../fixtures/clinic-21.json', import.meta.url), 'utf8'),
);
if ('errors' in read) throw new Error(JSON.stringify(read.errors));
const members = Array.from({ length: 128 }, (_, index) => ({
  slot: index + 1,
  number: String(13_900_000_001 + index),
}));
const order = { ...read.order, members, signatures: [] };
const pack = await readPack();
if (!('hash' in pack)) throw new Error(pack.join('\n'));

const began = performance.now();
const printer = await createPrinter({
  serif: load('@expo-google-fonts/noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf'),
  sans: load('@expo-google-fonts/noto-sans-sc/500Medium/NotoSansSC_500Medium.ttf'),
  subsetWasm: load('harfbuzzjs/dist/harfbuzz-subset.wasm'),
});
const draw = () => printer.printTogether(PRINTABLE, order, reference, { signatures: true, pack });
let pdf = await draw();
const cold = performance.now() - began;
const times: number[] = [];
for (let run = 0; run < Number(process.argv[2]); run++) {
  const before = performance.now();
  pdf = await draw();
  times.push(performance.now() - before);
}
const peak = process.resourceUsage().maxRSS / 1024;
const drawn: Drawn = { cold, warm: median(times), bytes: pdf.length, peak };
console.log(JSON.stringify(drawn));
