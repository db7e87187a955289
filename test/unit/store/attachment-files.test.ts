import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createCipher } from '../../../domain/vault/cipher.ts';
import { createKeys } from '../../../domain/vault/keys.ts';
import { diskSpace, openContentFiles } from '../../../electron/content-files.ts';
import { createAttachmentFiles } from '../../../renderer/store/attachment-files.ts';
import { decryptLarge, encryptLarge } from '../../../renderer/store/large-cipher.ts';

const keys = createKeys(new Uint8Array(32).fill(7));
const text = new TextEncoder().encode('样例诊所的照片');
const name = createHash('sha256').update(text).digest('hex');

const opened = async () => {
  const folder = join(await mkdtemp(join(tmpdir(), 'onsite-files-')), 'attachments');
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const files = openContentFiles(folder);
  return { folder, files, attachments: createAttachmentFiles(files, keys) };
};

test('an attachment comes back from the disk, which shows nothing of it', async () => {
  const { folder, files, attachments } = await opened();
  expect(await attachments.read(name)).toBeNull();
  expect(await files.list()).toEqual([]);
  await attachments.write(name, text);
  await attachments.write(name, text);
  expect(await attachments.read(name)).toEqual(new Uint8Array(text));
  expect(await readdir(folder)).toEqual([name]);
  const onDisk = await readFile(join(folder, name));
  expect(onDisk.includes(Buffer.from('样例'))).toBe(false);
  expect(await files.list()).toEqual([{ name, size: onDisk.length }]);
  await files.remove(name);
  await files.remove(name);
  expect(await attachments.read(name)).toBeNull();
});

test('a file that is damaged, torn, moved or foreign is never given out', async () => {
  const { folder, attachments } = await opened();
  await attachments.write(name, text);
  const path = join(folder, name);
  const whole = await readFile(path);
  const flipped = Buffer.from(whole);
  flipped[20] = (flipped[20] ?? 0) ^ 1;
  for (const bytes of [flipped, whole.subarray(0, 30), Buffer.alloc(0), randomBytes(80)]) {
    await writeFile(path, bytes);
    expect(await attachments.read(name)).toBeNull();
  }
  const other = 'ab'.repeat(32);
  await writeFile(join(folder, other), whole);
  expect(await attachments.read(other)).toBeNull();
});

test('what a power cut left half written is not listed', async () => {
  const { folder, files, attachments } = await opened();
  await attachments.write(name, text);
  await writeFile(join(folder, `${name}.1.2.tmp`), 'half');
  expect((await files.list()).map((file) => file.name)).toEqual([name]);
});

test('the browser and the transaction speak of the same messages', async () => {
  const key = keys.key('attachments');
  const cipher = createCipher(key);
  expect(cipher.decrypt(await encryptLarge(key, text, 'a/b'), 'a/b')).toEqual(text);
  expect(await decryptLarge(key, cipher.encrypt(text, 'a/b'), 'a/b')).toEqual(text);
  await expect(decryptLarge(key, cipher.encrypt(text, 'a/b'), 'a/c')).rejects.toThrow('damaged');
});

test('the disk says what it still takes', async () => {
  const { free, total } = await diskSpace(tmpdir());
  expect(free).toBeGreaterThan(0);
  expect(total).toBeGreaterThan(free);
});
