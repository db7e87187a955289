import { concatBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { v7 as uuid } from 'uuid';
import { expect, test } from 'vitest';
import {
  BackupError,
  createBackupWriter,
  readBackup,
  readBackupEnd,
  readBackupHeader,
  sourceOf,
} from '../../../domain/backup/format.ts';
import { keysOfBackup, recoverableKeyFile, vaultName } from '../../../domain/backup/keys.ts';
import type { BackupEnd, BackupHeader, BackupSection } from '../../../domain/backup/sections.ts';
import type { KeyFile } from '../../../domain/vault/key-file.ts';
import { createKeys, fingerprintOf } from '../../../domain/vault/keys.ts';
import { newRecoveryCode, readRecoveryCode } from '../../../domain/vault/recovery-code.ts';
import { keyOfSecret, wrapKey } from '../../../domain/vault/wrap.ts';
import { DEVICE, EMPTY, KEYS, replicaAfter } from './backups.ts';

const cipher = KEYS.cipher('backup');
const header = (): BackupHeader => ({
  id: uuid(),
  vault: vaultName(KEYS),
  madeAt: 1_700_000_000_000,
  app: '0.1.0',
  device: DEVICE,
  contains: [uuid()],
  orders: 2,
  keyFile: null,
});

const photo = new Uint8Array(1_000).fill(9);
const PHOTO_HASH = 'b4b4c8a0f3e4d5c1';

const order = replicaAfter(
  EMPTY,
  [
    { kind: 'edit', field: 'customer.name', value: '样例诊所', at: 1_000 },
    { kind: 'send' },
    { kind: 'edit', field: 'customer.contact.phone', value: '13900000001', at: 1_001 },
  ],
  0,
);

const sections = async (): Promise<BackupSection[]> => {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', photo));
  return [
    {
      kind: 'device',
      settings: { installer: '张样例', carrier: {} },
      identity: {
        device: DEVICE,
        token: 'token',
        owner: '张样例',
        role: 'installer',
        account: null,
        epoch: 'e1',
        position: null,
        clockOffset: -20,
      },
      pack: null,
    },
    { kind: 'orders', orders: [order] },
    { kind: 'bytes', sha256: Buffer.from(digest).toString('hex'), bytes: photo },
    { kind: 'orders', orders: [EMPTY] },
  ];
};

const written = async (head = header()): Promise<{ file: Uint8Array; end: BackupEnd }> => {
  const writer = createBackupWriter(head, cipher);
  const pieces = [writer.start];
  for (const section of await sections()) pieces.push(writer.section(section));
  const { piece, end } = writer.end([{ sha256: PHOTO_HASH.repeat(4), size: 1_028 }]);
  return { file: concatBytes(...pieces, piece), end };
};

const readAll = async (file: Uint8Array, under = cipher) => {
  const reading = readBackup(sourceOf(file), under);
  const read: BackupSection[] = [];
  for (;;) {
    const step = await reading.next();
    if (step.done) return { read, end: step.value };
    read.push(step.value);
  }
};

/** Why a file is refused; throws what is no refusal. */
const refusal = async (file: Uint8Array): Promise<string> => {
  try {
    await readAll(file);
  } catch (error) {
    if (error instanceof BackupError) return error.problem;
    throw error;
  }
  throw new Error('the file was taken');
};

test('a backup comes back as it was written, with what its end counted', async () => {
  const head = header();
  const { file, end } = await written(head);
  expect(await readBackupHeader(sourceOf(file))).toEqual(head);
  expect(await readAll(file)).toEqual({ read: await sections(), end });
  expect(end.counts).toEqual({
    orders: 2,
    records: 1,
    changes: 1,
    history: 0,
    packs: 0,
    bytes: 1,
  });
});

test('a backup says nothing of the people in it', async () => {
  const { file } = await written();
  const bytes = Buffer.from(file);
  for (const text of ['样例', '13900000001', 'customer']) {
    expect(bytes.includes(Buffer.from(text, 'utf8'))).toBe(false);
    expect(bytes.includes(Buffer.from(text, 'utf16le'))).toBe(false);
  }
});

test('the end alone is read without the rest; of a file that is cut or another vault’s it is not', async () => {
  const { file, end } = await written();
  expect(await readBackupEnd(sourceOf(file), cipher)).toEqual(end);
  const other = createKeys(new Uint8Array(32).fill(8)).cipher('backup');
  await expect(readBackupEnd(sourceOf(file), other)).rejects.toThrow(BackupError);
  for (let length = 0; length < file.length; length += 7) {
    const cut = sourceOf(file.subarray(0, length));
    await expect(readBackupEnd(cut, cipher)).rejects.toThrow(BackupError);
  }
});

test('whichever byte is damaged, the backup is refused with a reason', async () => {
  const { file } = await written();
  await fc.assert(
    fc.asyncProperty(
      fc.nat(file.length - 1),
      fc.integer({ min: 1, max: 255 }),
      async (at, flip) => {
        const damaged = file.map((byte, i) => (i === at ? byte ^ flip : byte));
        expect(['foreign', 'newer', 'cut', 'damaged']).toContain(await refusal(damaged));
      },
    ),
    { numRuns: 500 },
  );
});

test('a backup cut anywhere is refused, and one with something behind its end', async () => {
  const { file } = await written();
  await fc.assert(
    fc.asyncProperty(fc.nat(file.length - 1), async (length) => {
      const problem = await refusal(file.subarray(0, length));
      expect(problem).toBe(length < 'onsite-backup '.length ? 'foreign' : 'cut');
    }),
    // Within the format's name as well.
    { examples: [[0], [13], [14], [15], [16]] },
  );
  expect(await refusal(concatBytes(file, Uint8Array.of(0)))).toBe('damaged');
});

test('blocks overwritten, moved, doubled or filled with noise never read as a backup', async () => {
  const { file } = await written();
  const place = fc.nat(file.length - 1);
  await fc.assert(
    fc.asyncProperty(
      place,
      place,
      fc.uint8Array({ minLength: 1, maxLength: 600 }),
      fc.constantFrom('noise', 'move', 'double', 'remove'),
      async (from, to, noise, how) => {
        const [a, b] = [Math.min(from, to), Math.max(from, to)];
        const block = file.subarray(a, b);
        const damaged =
          how === 'noise'
            ? concatBytes(file.subarray(0, a), noise, file.subarray(a + noise.length))
            : how === 'move'
              ? concatBytes(file.subarray(0, a), file.subarray(b), block)
              : how === 'double'
                ? concatBytes(file.subarray(0, b), block, file.subarray(b))
                : concatBytes(file.subarray(0, a), file.subarray(b));
        fc.pre(Buffer.compare(damaged, file) !== 0);
        expect(['foreign', 'newer', 'cut', 'damaged']).toContain(await refusal(damaged));
      },
    ),
    { numRuns: 500 },
  );
});

test('noise is no backup', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), async (noise) => {
      expect(await refusal(noise)).toBe('foreign');
    }),
  );
});

test('a section of another backup of the same vault does not fit', async () => {
  const [one, two] = [await written(), await written()];
  // Both headers are of one length, so the sections begin at the same place.
  const head = 'onsite-backup 1\n'.length + 4 + JSON.stringify(header()).length;
  const mixed = concatBytes(one.file.subarray(0, head), two.file.subarray(head));
  expect(await refusal(mixed)).toBe('damaged');
});

test('a backup of a later format is left to a later app', async () => {
  const { file } = await written();
  const later = file.slice();
  later[14] = '2'.charCodeAt(0);
  expect(await refusal(later)).toBe('newer');
});

const keyFile = (dataKey: Uint8Array, code: string): KeyFile => {
  const id = '00000000-0000-4000-8000-000000000001';
  const secret = readRecoveryCode(code);
  if (!secret) throw new Error('a code that does not read back');
  const wrap = wrapKey(dataKey, keyOfSecret(secret, id, 'recovery'), id, 'recovery');
  return {
    version: 1,
    id,
    fingerprint: fingerprintOf(createKeys(dataKey)),
    revision: 3,
    pin: { stretching: { salt: 'aa', memory: 8_192, passes: 1 }, keystore: false, wrap: 'bb' },
    recovery: { wrap },
    office: null,
    wrongPins: { count: 2, at: 5 },
    lockAfter: 10,
  };
};

test('a backup opens elsewhere with the recovery code, and carries no PIN’s wrap', async () => {
  const dataKey = new Uint8Array(32).fill(7);
  const code = newRecoveryCode();
  const carried = recoverableKeyFile(keyFile(dataKey, code));
  expect(carried.pin).toBeNull();
  const { file } = await written({ ...header(), keyFile: { ...carried } });
  const { keyFile: read } = await readBackupHeader(sourceOf(file));
  const keys = keysOfBackup(read, ` ${code.toLowerCase()} `);
  if (!keys) throw new Error('the code does not open it');
  expect((await readAll(file, keys.cipher('backup'))).read).toEqual(await sections());
  expect(keysOfBackup(read, newRecoveryCode())).toBeNull();
  expect(keysOfBackup(read, '123456')).toBeNull();
  expect(keysOfBackup(null, code)).toBeNull();
});

test('without a recovery code no backup is made that would open nowhere else', () => {
  const file = keyFile(new Uint8Array(32), newRecoveryCode());
  expect(() => recoverableKeyFile({ ...file, recovery: null })).toThrow('恢复码');
});

test('under another vault’s keys nothing is believed', async () => {
  const { file } = await written();
  const other = createKeys(new Uint8Array(32).fill(8)).cipher('backup');
  await expect(readAll(file, other)).rejects.toThrow(BackupError);
});
