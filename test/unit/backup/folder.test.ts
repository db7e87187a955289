import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { chosenFolder, openBackupFolder } from '../../../electron/backup-folder.ts';

const VAULT = 'onsite-0123456789ab';
const PATH = `${VAULT}/onsite-20260305-070800.backup`;
const bytes = (length: number, fill = 1) => new Uint8Array(length).fill(fill);

const chosen = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'onsite-backups-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return { folder, backups: openBackupFolder(() => folder) };
};

test('a file has its name only once it was published, and comes back piece by piece', async () => {
  const { folder, backups } = await chosen();
  await backups.write(PATH, 0, bytes(10));
  await backups.write(PATH, 10, bytes(5, 2));
  expect(await backups.list()).toEqual([]);
  expect(await backups.read(PATH, 8, 100, true)).toEqual(Uint8Array.of(1, 1, 2, 2, 2, 2, 2));
  await expect(backups.read(PATH, 0, 1, false)).rejects.toThrow('找不到');
  await backups.publish(PATH);
  expect(await backups.list()).toEqual([{ path: PATH, size: 15 }]);
  expect(await readdir(join(folder, VAULT))).toEqual(['onsite-20260305-070800.backup']);
  await backups.remove(PATH);
  expect(await backups.list()).toEqual([]);
});

test('what a kill left half written goes with the next backup, and nothing else does', async () => {
  const { folder, backups } = await chosen();
  await backups.write(PATH, 0, bytes(10));
  await writeFile(join(folder, VAULT, '笔记.txt'), '');
  const next = `${VAULT}/onsite-20260306-070800.backup`;
  await backups.write(next, 0, bytes(1));
  await backups.publish(next);
  expect((await readdir(join(folder, VAULT))).sort()).toEqual([
    'onsite-20260306-070800.backup',
    '笔记.txt',
  ]);
});

test('two vaults share a folder, and each sees the other’s files apart from its own', async () => {
  const { backups } = await chosen();
  const other = 'onsite-ba9876543210/onsite-20260305-070800.backup';
  const attachment = `${VAULT}/attachments/${'a'.repeat(64)}`;
  for (const [path, fill] of [
    [PATH, 1],
    [other, 2],
    [attachment, 3],
  ] as const) {
    await backups.write(path, 0, bytes(3, fill));
    await backups.publish(path);
  }
  const listed = (await backups.list()).map(({ path }) => path).sort();
  expect(listed).toEqual([attachment, PATH, other].sort());
  expect(await backups.read(other, 0, 1, false)).toEqual(Uint8Array.of(2));
});

test('an absent stick is said to be absent, and no folder is made in its place', async () => {
  const { folder, backups } = await chosen();
  await rename(folder, `${folder}-away`);
  onTestFinished(() => rm(`${folder}-away`, { recursive: true, force: true }));
  await expect(backups.list()).rejects.toThrow('找不到备份文件夹');
  await expect(backups.write(PATH, 0, bytes(1))).rejects.toThrow('找不到备份文件夹');
  await expect(readdir(folder)).rejects.toThrow('ENOENT');
  await rename(`${folder}-away`, folder);
  await backups.write(PATH, 0, bytes(1));
});

test('a file where the folder should be is told', async () => {
  const { folder } = await chosen();
  await writeFile(join(folder, 'file'), '');
  const backups = openBackupFolder(() => join(folder, 'file'));
  await expect(backups.list()).rejects.toThrow('不是一个文件夹');
});

test('before a folder is chosen nothing is written anywhere', async () => {
  const backups = openBackupFolder(() => null);
  await expect(backups.write(PATH, 0, bytes(1))).rejects.toThrow('还没有选择备份文件夹');
});

test('no path leads out of the folder', async () => {
  const { backups } = await chosen();
  for (const path of ['../x.backup', `${VAULT}/../../x`, `${VAULT}/attachments/../x`]) {
    await expect(backups.write(path, 0, bytes(1))).rejects.toThrow('not a path of a backup');
    await expect(backups.read(path, 0, 1, false)).rejects.toThrow('not a path of a backup');
    await expect(backups.remove(path)).rejects.toThrow('not a path of a backup');
  }
});

test('a vault’s folder that was picked by itself stands for the one it lies in', () => {
  expect(chosenFolder(join('/u', 'stick', VAULT))).toBe(join('/u', 'stick'));
  expect(chosenFolder(join('/u', 'stick'))).toBe(join('/u', 'stick'));
});

/** A disk of its own, of so many KiB; only where this process may mount one. */
const canMount = process.platform === 'linux' && process.getuid?.() === 0;
const disk = async (kib: number) => {
  const folder = await mkdtemp(join(tmpdir(), 'onsite-disk-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kib}k`, 'onsite', folder]);
  onTestFinished(async () => {
    spawnSync('umount', [folder]);
    await rm(folder, { recursive: true, force: true });
  });
  return { folder, mounted: status === 0, backups: openBackupFolder(() => folder) };
};

test.runIf(canMount)(
  'a full disk says so, keeps the old backup whole and nothing half',
  async ({ skip }) => {
    const { folder, mounted, backups } = await disk(256);
    if (!mounted) skip();
    await backups.write(PATH, 0, bytes(1_000));
    await backups.publish(PATH);
    const next = `${VAULT}/onsite-20260306-070800.backup`;
    await expect(backups.write(next, 0, bytes(512 * 1024))).rejects.toThrow('磁盘已满');
    expect(await readdir(join(folder, VAULT))).toEqual(['onsite-20260305-070800.backup']);
    expect(new Uint8Array(await readFile(join(folder, PATH)))).toEqual(bytes(1_000));
    // And with less to write it goes on.
    await backups.write(next, 0, bytes(1_000));
    await backups.publish(next);
    expect(await backups.list()).toHaveLength(2);
  },
);

test.runIf(canMount)('a write-protected disk says so', async ({ skip }) => {
  const { folder, mounted, backups } = await disk(256);
  if (!mounted) skip();
  await mkdir(join(folder, VAULT));
  execFileSync('mount', ['-o', 'remount,ro', folder]);
  await expect(backups.write(PATH, 0, bytes(1))).rejects.toThrow('只读');
});
