import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DOCUMENT_IDS } from '../../../domain/order/dictionary.ts';

const folder = mkdtempSync(join(tmpdir(), 'onsite-print-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The command as a shell runs it. */
function onsite(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'server/cli.ts', 'print', ...args],
    { encoding: 'utf8' },
  );
  const lines = (text: string) => text.split('\n').filter((line) => line !== '');
  return { status, out: lines(stdout), errors: lines(stderr) };
}

const clinic = 'test/fixtures/clinic-21.json';

describe('onsite print', () => {
  it('makes the folder and writes every printable document into it', async () => {
    const out = join(folder, 'new', 'folder');
    const files = DOCUMENT_IDS.map((document) => `${document}.pdf`);
    const paths = files.map((file) => join(out, file));
    expect(onsite(clinic, '--out', out)).toEqual({ status: 0, out: paths, errors: [] });
    expect(readdirSync(out).sort()).toEqual(files.sort());
  });

  it('writes them as one file with --all-in-one', () => {
    const out = join(folder, 'one');
    const path = join(out, 'all-in-one.pdf');
    const call = [clinic, '--out', out, '--all-in-one'];
    expect(onsite(...call)).toEqual({ status: 0, out: [path], errors: [] });
    expect(readdirSync(out)).toEqual(['all-in-one.pdf']);
  });

  it('writes only the documents that are asked for', () => {
    const out = join(folder, 'two');
    expect(onsite(clinic, '--out', out, '--documents', 'roster,survey').status).toBe(0);
    expect(readdirSync(out).sort()).toEqual(['roster.pdf', 'survey.pdf']);
  });

  it.each([
    ['an unknown document', [clinic, '--out', 'OUT', '--documents', 'survey,letter'], 'letter'],
    ['no folder', [clinic], '--out'],
    ['a missing file', ['none.json', '--out', 'OUT'], 'none.json'],
    ['a file that is no order', ['package.json', '--out', 'OUT'], 'package.json'],
  ])('refuses %s in one line and writes nothing', (_, args, named) => {
    const out = join(folder, 'refused');
    const { status, errors } = onsite(...args.map((arg) => (arg === 'OUT' ? out : arg)));
    expect(status).toBe(2);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(named);
    expect(existsSync(out)).toBe(false);
  });

  it('refuses a folder that is a file', () => {
    const out = join(folder, 'file');
    writeFileSync(out, '');
    const { status, errors } = onsite(clinic, '--out', out);
    expect([status, errors.length]).toEqual([2, 1]);
  });

  it.runIf(process.platform === 'linux')('refuses a folder that nobody can make', () => {
    const { status, errors } = onsite(clinic, '--out', '/proc/none/out', '--documents', 'survey');
    expect(status).toBe(2);
    expect(errors).toEqual([expect.stringContaining('/proc/none/out：无法写入')]);
  });

  it('names the field and the code point of what cannot be printed, and writes nothing', () => {
    const path = join(folder, 'emoji.json');
    const order = { format: 'onsite-order', version: 1, order: { 'customer.address': '样例😀路' } };
    writeFileSync(path, JSON.stringify(order));
    const out = join(folder, 'emoji');
    const { status, errors } = onsite(path, '--out', out);
    expect(status).toBe(1);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(/customer\.address.*U\+1F600/);
    expect(existsSync(out)).toBe(false);
  });
});
