import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { orderJsonSchema } from '../../../domain/order/schema.ts';
import { readOrder } from '../../../server/cli/check.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line as a process of its own. */
const onsite = (...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const command = ['--import', 'tsx', 'server/cli.ts', ...args];
    execFile(process.execPath, command, { cwd: ROOT }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onsite-cli-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function fileWith(content: string | Uint8Array): Promise<string> {
  const path = join(folder, `${Math.random()}.json`);
  await writeFile(path, content);
  return path;
}

const oneLine = /^[^\n]+\n$/;

describe('onsite check', () => {
  it('prints the problems as JSON and exits 1 when there are errors', async () => {
    const { code, stdout, stderr } = await onsite('check', 'test/fixtures/mistakes.json', '--json');
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    const answer: unknown = JSON.parse(stdout);
    expect(answer).toEqual({
      problems: expect.arrayContaining([
        {
          code: 'postcode-format',
          severity: 'error',
          field: 'customer.postcode',
          message: expect.stringContaining('邮编'),
        },
      ]),
    });
  });

  it('finds nothing in a complete order and exits 0', async () => {
    const { code, stdout } = await onsite('check', 'test/fixtures/clinic-21.json', '--json');
    expect({ code, answer: JSON.parse(stdout) }).toEqual({ code: 0, answer: { problems: [] } });
  });

  it('exits 0 when there are only warnings', async () => {
    const order = await import('../../fixtures/clinic-21.json', { with: { type: 'json' } });
    const path = await fileWith(
      JSON.stringify({ ...order.default, extensions: order.default.extensions.slice(1) }),
    );
    const { code, stdout } = await onsite('check', path, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ problems: [{ severity: 'warning' }] });
  });

  it('prints a list for people otherwise, one problem a line', async () => {
    const { code, stdout } = await onsite('check', 'test/fixtures/mistakes.json');
    const lines = stdout.trimEnd().split('\n');
    expect(code).toBe(1);
    expect(lines.at(-1)).toMatch(/^共 \d+ 个错误、\d+ 个提醒。$/);
    for (const line of lines.slice(0, -1)) expect(line).toMatch(/^(错误|提醒) {2}.*“/);
  });

  it.each([
    ['no JSON', '{"format": "onsite-order",', '不是有效的 JSON'],
    ['no object', '[]', '不是工单文件'],
    ['another format', '{"format":"x","version":1}', 'format'],
    ['another version', '{"format":"onsite-order","version":9}', 'version'],
    [
      'an unknown key',
      '{"format":"onsite-order","version":1,"order":{"customer":{"nmae":"x"}}}',
      'order.customer.nmae',
    ],
    [
      'a value of another type',
      '{"format":"onsite-order","version":1,"extensions":[{"number":1}]}',
      'extensions[0].number',
    ],
    ['another encoding', new Uint8Array([0xd1, 0xf9, 0xc0, 0xfd]), 'UTF-8'],
  ])('refuses a file with %s in one line that names it', async (_, content, named) => {
    const line = await readOrder(await fileWith(content));
    expect(line).toMatch(/^[^\n]+$/);
    expect(line).toContain(named);
  });

  it('refuses a missing file and a folder in one line', async () => {
    expect(await readOrder('nowhere.json')).toBe('nowhere.json：文件不存在，请检查路径');
    expect(await readOrder('test')).toBe('test：无法读取，请检查路径');
  });

  it('says so in one line on stderr and exits 2, however much is wrong', async () => {
    const extensions = Array.from({ length: 1_000 }, () => ({ number: 1, 'line\nbreak': 2 }));
    const file = await fileWith(JSON.stringify({ format: 'onsite-order', version: 1, extensions }));
    const { code, stdout, stderr } = await onsite('check', file, '--json');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(oneLine);
    expect(stderr).toContain('另有 1995 处');
  });

  it.each([
    ['no file', ['check', '--json']],
    ['two files', ['check', 'a.json', 'b.json']],
    ['an unknown option', ['check', '--xml', 'a.json']],
    ['an unknown command', ['chekc', 'a.json']],
    ['a name every object has', ['constructor']],
  ])('refuses %s in one line', async (_, args) => {
    const { code, stdout, stderr } = await onsite(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(oneLine);
  });
});

describe('onsite schema', () => {
  it('prints the JSON Schema of the order file', async () => {
    const { code, stdout } = await onsite('schema');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(orderJsonSchema());
  });
});
