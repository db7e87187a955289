import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SafeStorage } from 'electron';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type KeyFile, newestKeyFile, printKeyFile } from '../../../domain/vault/key-file.ts';
import { openKeyFile } from '../../../electron/key-file.ts';
import { createKeystore } from '../../../electron/keystore.ts';

const revision = (number: number): string => {
  const file: KeyFile = {
    version: 1,
    id: '00000000-0000-4000-8000-000000000001',
    fingerprint: 'ab'.repeat(16),
    revision: number,
    pin: null,
    recovery: { wrap: 'cd'.repeat(60) },
    office: null,
    wrongPins: { count: 0, at: 0 },
    lockAfter: 10,
  };
  return printKeyFile(file);
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onsite-keys-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const copy = (name: string) => readFile(join(folder, name), 'utf8');
const damage = (name: string) => writeFile(join(folder, name), 'noise');

describe('the key file in the profile', () => {
  test('lies there twice, each copy whole', async () => {
    const file = openKeyFile(folder);
    expect(await file.read()).toEqual([null, null]);
    expect(await file.write(revision(1))).toBe(true);
    expect(await copy('keys.json')).toBe(revision(1));
    expect(await copy('keys.copy.json')).toBe(revision(1));
  });

  test('takes the next revision only: of two windows that write at once one must read again', async () => {
    const file = openKeyFile(folder);
    await file.write(revision(1));
    expect(await Promise.all([file.write(revision(2)), file.write(revision(2))])).toEqual([
      true,
      false,
    ]);
    expect(await file.write(revision(4))).toBe(false);
    expect(await file.write(revision(1))).toBe(false);
    expect(await copy('keys.json')).toBe(revision(2));
  });

  test('is never replaced by something that is no key file', async () => {
    const file = openKeyFile(folder);
    await file.write(revision(1));
    await expect(file.write('noise')).rejects.toThrow('没有写入');
    expect(await copy('keys.json')).toBe(revision(1));
  });

  test.each(['keys.json', 'keys.copy.json'])('heals %s from the other copy', async (name) => {
    await openKeyFile(folder).write(revision(1));
    await damage(name);
    const file = openKeyFile(folder);
    expect(newestKeyFile(await file.read())?.revision).toBe(1);
    expect(await copy(name)).toBe(revision(1));
    await rm(join(folder, name));
    await file.read();
    expect(await copy(name)).toBe(revision(1));
  });

  test('written by half, as a power cut leaves it, is the newer of its copies', async () => {
    await openKeyFile(folder).write(revision(1));
    await writeFile(join(folder, 'keys.json'), revision(2));
    const file = openKeyFile(folder);
    expect(newestKeyFile(await file.read())?.revision).toBe(2);
    expect(await copy('keys.copy.json')).toBe(revision(2));
  });

  test('with both copies damaged takes no other and stays as it is', async () => {
    await damage('keys.json');
    await damage('keys.copy.json');
    const file = openKeyFile(folder);
    expect(await file.read()).toEqual(['noise', 'noise']);
    await expect(file.write(revision(1))).rejects.toThrow();
    expect(await copy('keys.json')).toBe('noise');
  });

  test('is replaced by a backup’s only when no copy is whole, and the damaged ones stay', async () => {
    const file = openKeyFile(folder);
    await file.write(revision(1));
    await damage('keys.copy.json');
    await expect(openKeyFile(folder).replace(revision(3))).rejects.toThrow('没有替换');
    await damage('keys.json');
    await damage('keys.copy.json');
    await file.replace(revision(3));
    expect(newestKeyFile(await file.read())?.revision).toBe(3);
    const names = await readdir(folder);
    expect(names.filter((name) => name.includes('.damaged-'))).toHaveLength(2);
  });

  test('is gone in both copies once it was erased', async () => {
    const file = openKeyFile(folder);
    await file.write(revision(1));
    await file.erase();
    expect(await readdir(folder)).toEqual([]);
    expect(await file.read()).toEqual([null, null]);
  });
});

describe('the keystore', () => {
  /** What Electron offers, with a cipher that shows. */
  const storage = (available: boolean, backend?: string): SafeStorage =>
    Object.assign(Object.create(null), {
      isEncryptionAvailable: () => available,
      encryptString: (plain: string) => Buffer.from(`kept:${plain}`),
      decryptString: (message: Buffer) => message.toString().replace('kept:', ''),
      ...(backend ? { getSelectedStorageBackend: () => backend } : {}),
    });

  test('is used on Windows and macOS when the system has it', () => {
    expect(createKeystore(storage(true), 'win32').available()).toBe(true);
    expect(createKeystore(storage(true), 'darwin').available()).toBe(true);
    expect(createKeystore(storage(false), 'win32').available()).toBe(false);
  });

  test('on Linux is none where its key lies in the open, or where nobody says which it is', () => {
    expect(createKeystore(storage(true, 'gnome_libsecret'), 'linux').available()).toBe(true);
    expect(createKeystore(storage(true, 'kwallet6'), 'linux').available()).toBe(true);
    expect(createKeystore(storage(true, 'basic_text'), 'linux').available()).toBe(false);
    expect(createKeystore(storage(true, 'unknown'), 'linux').available()).toBe(false);
    expect(createKeystore(storage(true), 'linux').available()).toBe(false);
  });

  test('gives back the bytes it was given', () => {
    const keystore = createKeystore(storage(true), 'win32');
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect(keystore.decrypt(keystore.encrypt(bytes))).toEqual(bytes);
  });
});
