import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { PrintJob } from '../../../domain/shell/contract.ts';
import { joinSides, printDirectly } from '../../../renderer/documents/print-direct.ts';
import { planSides } from '../../../renderer/documents/print-plan.ts';
import { fixture, pagesOf, print } from '../documents/printing.ts';

const order = fixture('clinic-21');
const [survey, acceptance] = await Promise.all([
  print('survey', order),
  print('acceptance', order),
]);
const counts = [survey, acceptance].map(pagesOf);

/** Each page as a grey picture at 50 dpi. */
const pictures = (pdf: Uint8Array): Buffer[] => {
  const folder = mkdtempSync(join(tmpdir(), 'onsite-print-'));
  try {
    writeFileSync(join(folder, 'a.pdf'), pdf);
    execFileSync('pdftoppm', ['-r', '50', '-gray', join(folder, 'a.pdf'), join(folder, 'p')]);
    const names = execFileSync('ls', [folder], { encoding: 'utf8' }).split('\n');
    return names.filter((n) => n.endsWith('.pgm')).map((n) => readFileSync(join(folder, n)));
  } finally {
    rmSync(folder, { recursive: true });
  }
};

test('the sides of a job are the documents’ own pages, in the order that was planned', async () => {
  const plan = planSides(counts, { copies: 2, doubleSided: true });
  const joined = pictures(await joinSides([survey, acceptance], plan));
  const own = [survey, acceptance].map(pictures);
  expect(joined).toHaveLength(plan.length);
  plan.forEach((side, index) => {
    const page = joined[index];
    if (side) expect(page?.equals(own[side.document]?.[side.page] ?? Buffer.of())).toBe(true);
    // Behind the header of a grey picture comes one byte a pixel.
    else expect(page?.subarray(16).every((pixel) => pixel === 255)).toBe(true);
  });
});

test('four copies weigh hardly more than one: fonts go over once', async () => {
  const plan = (copies: number) => planSides(counts, { copies, doubleSided: false });
  const one = await joinSides([survey, acceptance], plan(1));
  const four = await joinSides([survey, acceptance], plan(4));
  expect(four.length / one.length).toBeLessThan(1.1);
});

test('a machine that takes PDFs gets one, named and for the chosen printer', async () => {
  const jobs: PrintJob[] = [];
  const direct = {
    printers: async () => ({ takes: 'pdf' as const, printers: [], remembered: null }),
    print: async (job: PrintJob) => void jobs.push(job),
  };
  const job = { printer: 'Office', takes: 'pdf' as const, title: '样例', doubleSided: true };
  const plan = planSides(counts, { pages: [1], copies: 4, doubleSided: true });
  await printDirectly(direct, job, [survey, acceptance], plan);
  expect(jobs).toMatchObject([{ printer: 'Office', title: '样例', doubleSided: true }]);
  const content = jobs[0]?.content;
  expect(content && 'pdf' in content && pagesOf(content.pdf)).toBe(7);
});
