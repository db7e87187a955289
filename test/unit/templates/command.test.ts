import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import { parseOrderFile, printOrderFile } from '../../../domain/order/file.ts';
import type { Signature } from '../../../domain/order/order.ts';
import { signatureDigest } from '../../../domain/order/signature.ts';
import { pagesOf, textOf } from '../documents/printing.ts';
import { type Files, packFilesWith } from './files.ts';

const folder = mkdtempSync(join(tmpdir(), 'onsite-packs-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The command as a shell runs it. */
function print(...args: string[]) {
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'server/cli.ts', 'print', ...args],
    { encoding: 'utf8' },
  );
  return { status, errors: stderr.split('\n').filter((line) => line !== '') };
}

function write(name: string, files: Files): string {
  const path = join(folder, name);
  mkdirSync(path);
  for (const [file, bytes] of files) writeFileSync(join(path, file), bytes);
  return path;
}

const CLINIC = 'test/fixtures/clinic-21.json';
const saying = (text: string) => ({
  'commitment.md': `# 样例承诺书\n\n${text}{{customer.name}}\n\n{{signatures:customer}}\n`,
});
const commitment = (path: string) => textOf(readFileSync(join(path, 'commitment.pdf')));

describe('onsite print --pack', () => {
  it('prints the text of the pack, from a folder and from a zip alike', () => {
    const files = packFilesWith(saying('甲乙丙丁'));
    const pack = write('right', files);
    const zip = join(folder, 'right.zip');
    writeFileSync(zip, zipSync(Object.fromEntries(files)));
    const [one, two] = [join(folder, 'one'), join(folder, 'two')];
    for (const [given, out] of [
      [pack, one],
      [zip, two],
    ] as const) {
      const call = [CLINIC, '--documents', 'commitment', '--pack', given, '--out', out];
      expect(print(...call)).toEqual({ status: 0, errors: [] });
    }
    expect(commitment(one)).toContain('甲乙丙丁样例市样例区样例诊所');
    expect(commitment(one)).not.toContain('样本');
    expect(readFileSync(join(two, 'commitment.pdf'))).toEqual(
      readFileSync(join(one, 'commitment.pdf')),
    );
  });

  it('prints a text of more than thirty pages, with every clause of it', () => {
    const article = (number: number) =>
      [
        `## 第${number}条 样例条款`,
        ...[1, 2, 3, 4, 5].map(
          (clause) =>
            `${clause}. ${'双方应当按照约定履行义务，'.repeat(9)}第${number}-${clause}款。\n   （1）其一；\n   （2）其二。`,
        ),
        `| 项目 | 内容 |\n| --- | --- |\n| 户名 | {{customer.payer.accountName}} |`,
        number % 10 === 0 ? '---' : '正文。',
      ].join('\n\n');
    const articles = Array.from({ length: 80 }, (_, index) => article(index + 1)).join('\n\n');
    const files = packFilesWith({
      'agreement.md': `# 样例协议\n\n${articles}\n\n{{signatures}}\n`,
    });
    const out = join(folder, 'long');
    const pack = write('thirty', files);
    const { status } = print(CLINIC, '--documents', 'agreement', '--pack', pack, '--out', out);
    expect(status).toBe(0);
    const pdf = readFileSync(join(out, 'agreement.pdf'));
    expect(pagesOf(pdf)).toBeGreaterThan(30);
    const text = textOf(pdf);
    for (let number = 1; number <= 80; number += 1) {
      for (const clause of [1, 2, 3, 4, 5]) expect(text).toContain(`第${number}-${clause}款。`);
    }
  });

  it('prints the shipped specimen without it, which every page says', () => {
    const out = join(folder, 'specimen');
    expect(print(CLINIC, '--documents', 'commitment', '--out', out).status).toBe(0);
    expect(commitment(out)).toContain('样本');
  });

  it('names file and line of everything that is wrong, and writes nothing', () => {
    const pack = write('wrong', packFilesWith({ 'agreement.md': '# 样例\n\n{{x}}\n\n- 甲\n' }));
    const out = join(folder, 'nothing');
    const { status, errors } = print(CLINIC, '--pack', pack, '--out', out);
    expect(status).toBe(2);
    expect(errors).toEqual([
      expect.stringContaining(`${join(pack, 'agreement.md')}:3：没有“x”这一项`),
      expect.stringContaining(`${join(pack, 'agreement.md')}:5：不支持项目符号`),
    ]);
    expect(existsSync(out)).toBe(false);
  });

  it('refuses a folder that is not there, in one line', () => {
    const { status, errors } = print(CLINIC, '--pack', join(folder, 'none'), '--out', folder);
    expect([status, errors.length]).toEqual([2, 1]);
  });

  it('asks for the pack that an order was signed on', () => {
    const read = parseOrderFile(readFileSync(CLINIC, 'utf8'));
    if ('errors' in read) throw new Error(JSON.stringify(read.errors));
    const given: Omit<Signature, 'digest'> = {
      role: 'customerRepresentative',
      name: '张样例',
      documents: ['commitment'],
      strokes: [],
      signedAt: '2026-01-31T09:00:00+08:00',
      pdfs: {},
      templates: { commitment: 'a'.repeat(64) },
    };
    const signature = { ...given, digest: signatureDigest(read.order, given) };
    const path = join(folder, 'signed.json');
    writeFileSync(path, printOrderFile({ ...read.order, signatures: [signature] }));
    const call = (documents: string) =>
      print(path, '--documents', documents, '--out', join(folder, documents));
    const refused = call('commitment');
    expect([refused.status, refused.errors.length]).toEqual([2, 1]);
    expect(refused.errors[0]).toContain('a'.repeat(64));
    // The forms have no text of a pack.
    expect(call('survey').status).toBe(0);
  });
});
