import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { printOrderFile } from '../../../domain/order/file.ts';
import { clinic, sealed } from './sealing.ts';

const folder = mkdtempSync(join(tmpdir(), 'onsite-verify-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The command as a shell runs it, on files of the folder. */
function verify(...files: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'server/cli.ts', 'verify', ...files.map((file) => join(folder, file))],
    { encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

beforeAll(async () => {
  const roster = await sealed('roster');
  const flipped = roster.slice();
  flipped[3000] = (flipped[3000] ?? 0) ^ 4;
  const write = (name: string, content: Uint8Array | string) =>
    writeFileSync(join(folder, name), content);
  write('roster.pdf', roster);
  write('flipped.pdf', flipped);
  write('longer.pdf', Buffer.concat([roster, Buffer.from('\n%more\n')]));
  write('order.json', printOrderFile(clinic));
  const [first, ...rest] = clinic.members;
  const members = [{ ...first, number: '13900009999' }, ...rest];
  write('other.json', printOrderFile({ ...clinic, members }));
  write('text.txt', 'not a PDF');
});

describe('onsite verify', () => {
  it.each([
    ['an intact file', ['roster.pdf'], 0, ['完整（intact）', '附件5 集团成员受理/变更单']],
    ['an intact file with its order', ['roster.pdf', 'order.json'], 0, ['文件与工单一致']],
    ['a flipped bit', ['flipped.pdf'], 1, ['被改动（changed）', '附件5']],
    ['bytes behind', ['longer.pdf', 'order.json'], 1, ['被追加（extended）', '7 字节', '附件5']],
    ['an order that changed', ['roster.pdf', 'other.json'], 1, ['被改动（changed）', '附件5']],
  ] as const)('of %s says so', (_, files, status, words) => {
    const said = verify(...files);
    expect(said.status).toBe(status);
    for (const word of words) expect(said.stdout).toContain(word);
  });

  it.each([
    ['no PDF', ['text.txt'], '不是 PDF 文件'],
    ['no file', ['missing.pdf'], '文件不存在'],
    ['a bad order', ['roster.pdf', 'text.txt'], '不是有效的 JSON'],
    ['no call', [], '用法'],
  ] as const)('refuses %s in one line', (_, files, words) => {
    const said = verify(...files);
    expect(said.status).toBe(2);
    expect(said.stderr).toContain(words);
    expect(said.stderr.trim().split('\n')).toHaveLength(1);
  });
});
