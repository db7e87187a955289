import { beforeEach, describe, expect, test } from 'vitest';
import { parseKeyFile } from '../../../domain/vault/key-file.ts';
import { newRecoveryCode } from '../../../domain/vault/recovery-code.ts';
import { createVault, type Vault } from '../../../renderer/vault/vault.ts';
import { type FakeVaultPlatform, fakeVaultPlatform } from './fake-vault-platform.ts';
import { quickStretcher } from './stretchers.ts';

const PIN = '271828';
const WRONG = '000000';
const MINUTE = 60_000;

let platform: FakeVaultPlatform;
let clock: number;

/** The app is started: a page that knows nothing. */
const start = async (): Promise<Vault> => {
  const vault = createVault(platform, quickStretcher, () => clock);
  await vault.start();
  return vault;
};

/** A power cut, or closing the app: what main kept is gone. */
const restart = async (): Promise<Vault> => {
  platform.session = null;
  return start();
};

const stepOf = (vault: Vault) => vault.state.getState().step;
const openState = (vault: Vault) => {
  const state = vault.state.getState();
  if (state.step !== 'open') throw new Error(`the vault is ${state.step}`);
  return state;
};
/** Tells which data key is open, without the key. */
const nameOf = (vault: Vault) => openState(vault).keys.blind('name');
const keyFile = () => parseKeyFile(platform.copies[0] ?? '');

const created = async () => {
  const vault = await start();
  await vault.create(PIN);
  const code = newRecoveryCode();
  await vault.keepRecoveryCode(code);
  return { vault, code, name: nameOf(vault) };
};

beforeEach(() => {
  platform = fakeVaultPlatform();
  clock = 1_800_000_000_000;
});

describe('a vault', () => {
  test('is made with a PIN and opens with it after a restart, with the same keys', async () => {
    const fresh = await start();
    expect(stepOf(fresh)).toBe('new');
    const { name } = await created();
    const vault = await restart();
    expect(stepOf(vault)).toBe('locked');
    expect(await vault.unlock(PIN)).toBe('open');
    expect(nameOf(vault)).toBe(name);
  });

  test('has keys of its own each time it is made', async () => {
    const { name } = await created();
    platform = fakeVaultPlatform();
    expect((await created()).name).not.toBe(name);
  });

  test('is never made over another one', async () => {
    const second = await start();
    const { name } = await created();
    await expect(second.create('314159')).rejects.toThrow();
    const vault = await restart();
    await vault.unlock(PIN);
    expect(nameOf(vault)).toBe(name);
  });

  test('stays open over a reload, and asks for the PIN again once it was locked', async () => {
    const { vault, name } = await created();
    expect(nameOf(await start())).toBe(name);
    await vault.lock();
    expect(stepOf(await start())).toBe('locked');
  });

  test('asks for a recovery code until one is kept, however often the app ends before', async () => {
    const vault = await start();
    await vault.create(PIN);
    const again = await restart();
    await again.unlock(PIN);
    expect(openState(again).needs).toBe('recovery-code');
    await again.keepRecoveryCode(newRecoveryCode());
    expect(openState(again).needs).toBeNull();
  });

  test('opens with the newest recovery code only', async () => {
    const { vault, code } = await created();
    const next = newRecoveryCode();
    await vault.keepRecoveryCode(next);
    const later = await restart();
    expect(await later.recover(code)).toBe(false);
    expect(await later.recover(next)).toBe(true);
  });

  test('keeps its setting of when to lock', async () => {
    const { vault } = await created();
    await vault.setLockAfter(3);
    await vault.lock();
    const next = await restart();
    const state = next.state.getState();
    expect(state.step === 'locked' && state.file.lockAfter).toBe(3);
  });
});

describe('wrong PINs', () => {
  const tries = async (vault: Vault, count: number) => {
    const answers: string[] = [];
    for (let i = 0; i < count; i += 1) answers.push(await vault.unlock(WRONG));
    return answers;
  };

  test('open nothing, and a right one is forgiven all before it', async () => {
    await created();
    const vault = await restart();
    expect(await tries(vault, 4)).toEqual(['wrong', 'wrong', 'wrong', 'wrong']);
    expect(stepOf(vault)).toBe('locked');
    expect(await vault.unlock(PIN)).toBe('open');
    expect(keyFile()?.wrongPins.count).toBe(0);
  });

  test('wait a minute after the fifth: then even the right one is not tried', async () => {
    await created();
    const vault = await restart();
    await tries(vault, 5);
    expect(await vault.unlock(PIN)).toBe('wait');
    clock += MINUTE - 1;
    expect(await vault.unlock(PIN)).toBe('wait');
    clock += 1;
    expect(await vault.unlock(PIN)).toBe('open');
  });

  test('wait over a restart as well', async () => {
    await created();
    await tries(await restart(), 5);
    clock += 20_000;
    const vault = await restart();
    expect(await vault.unlock(PIN)).toBe('wait');
    clock += 40_000;
    expect(await vault.unlock(PIN)).toBe('open');
  });

  test('wait a quarter of an hour after ten more', async () => {
    await created();
    const vault = await restart();
    await tries(vault, 5);
    for (let i = 0; i < 10; i += 1) {
      clock += MINUTE;
      expect(await vault.unlock(WRONG)).toBe('wrong');
    }
    clock += 15 * MINUTE - 1;
    expect(await vault.unlock(PIN)).toBe('wait');
    clock += 1;
    expect(await vault.unlock(PIN)).toBe('open');
  });

  test('wait the whole time anew when the clock was put back, and not until it is right again', async () => {
    await created();
    await tries(await restart(), 5);
    clock -= 365 * 24 * 60 * MINUTE;
    const vault = await restart();
    expect(await vault.unlock(PIN)).toBe('wait');
    clock += MINUTE;
    expect(await vault.unlock(PIN)).toBe('open');
  });

  test('typed in one window make another one wait', async () => {
    await created();
    const first = await restart();
    const second = await restart();
    await tries(first, 3);
    await tries(second, 2);
    expect(await first.unlock(PIN)).toBe('wait');
  });

  test('never cost the data: after thirty of them the right one opens it', async () => {
    const { name } = await created();
    const vault = await restart();
    for (let i = 0; i < 30; i += 1) {
      clock += 15 * MINUTE;
      await vault.unlock(WRONG);
    }
    clock += 15 * MINUTE;
    expect(await vault.unlock(PIN)).toBe('open');
    expect(nameOf(vault)).toBe(name);
  });

  test('on a full disk do not keep the owner out', async () => {
    await created();
    const vault = await restart();
    await vault.unlock(WRONG);
    platform.full = new Error('no space left');
    expect(await vault.unlock(PIN)).toBe('open');
  });

  test('on a full disk count and wait as well', async () => {
    await created();
    const vault = await restart();
    platform.full = new Error('no space left');
    expect(await tries(vault, 6)).toEqual(['wrong', 'wrong', 'wrong', 'wrong', 'wrong', 'wait']);
    const state = vault.state.getState();
    expect(state.step === 'locked' && state.file.wrongPins.count).toBe(5);
    clock += MINUTE;
    expect(await vault.unlock(PIN)).toBe('open');
  });
});

describe('a forgotten PIN', () => {
  test('is replaced by the recovery code, and the keys stay the same', async () => {
    const { code, name } = await created();
    const vault = await restart();
    expect(await vault.recover('7FM8Z-DDD8S-ARFSF-2PA2D-8S8NR-PRMFG')).toBe(false);
    expect(await vault.recover(code)).toBe(true);
    expect(openState(vault).needs).toBe('pin');
    await vault.setPin('314159');
    expect(openState(vault).needs).toBeNull();
    const next = await restart();
    expect(await next.unlock(PIN)).toBe('wrong');
    expect(await next.unlock('314159')).toBe('open');
    expect(nameOf(next)).toBe(name);
  });

  test('that cannot be replaced yet, on a full disk, asks for the new one again', async () => {
    const { code } = await created();
    const vault = await restart();
    await vault.recover(code);
    platform.full = new Error('no space left');
    await expect(vault.setPin('314159')).rejects.toThrow('no space left');
    expect(openState(vault).needs).toBe('pin');
    platform.full = null;
    await vault.setPin('314159');
    expect(openState(vault).needs).toBeNull();
  });

  test('is not reset by the code alone: until there is a new one a reload asks again', async () => {
    const { vault: before, code } = await created();
    await before.lock();
    const vault = await restart();
    await vault.recover(code);
    expect(stepOf(await start())).toBe('locked');
  });

  test('is replaced by the office, whose secret is then a new one', async () => {
    const { vault: before, name } = await created();
    const left: string[] = [];
    const office = { device: 'device', epoch: 'epoch' };
    const deliver = async (secret: string) => void left.push(secret);
    await before.escrow(office, deliver);
    await before.escrow(office, deliver);
    expect(left).toHaveLength(1);

    const vault = await restart();
    expect(await vault.recoverByOffice('00'.repeat(32))).toBe(false);
    expect(await vault.recoverByOffice(left[0] ?? '')).toBe(true);
    expect(nameOf(vault)).toBe(name);
    await vault.setPin('314159');
    await vault.escrow(office, deliver);
    expect(left).toHaveLength(2);
    expect(left[1]).not.toBe(left[0]);

    const next = await restart();
    expect(await next.recoverByOffice(left[0] ?? '')).toBe(false);
    expect(await next.recoverByOffice(left[1] ?? '')).toBe(true);
  });

  test('waits for the same secret when the office could not be reached', async () => {
    const { vault } = await created();
    const office = { device: 'device', epoch: 'epoch' };
    const tried: string[] = [];
    const refuse = async (secret: string) => {
      tried.push(secret);
      throw new Error('offline');
    };
    await expect(vault.escrow(office, refuse)).rejects.toThrow('offline');
    await expect(vault.escrow(office, refuse)).rejects.toThrow('offline');
    expect(tried[0]).toBe(tried[1]);
    expect(keyFile()?.office?.undelivered).not.toContain(tried[0]);
    // Another service gets another one.
    await expect(vault.escrow({ ...office, epoch: 'other' }, refuse)).rejects.toThrow('offline');
    expect(tried[2]).not.toBe(tried[0]);
  });

  test('from one window is no other secret than from another', async () => {
    const { vault: first } = await created();
    const second = await start();
    const office = { device: 'device', epoch: 'epoch' };
    const left: string[] = [];
    const deliver = async (secret: string) => void left.push(secret);
    await Promise.all([first.escrow(office, deliver), second.escrow(office, deliver)]);
    expect(new Set(left).size).toBe(1);
    expect(await (await restart()).recoverByOffice(left[0] ?? '')).toBe(true);
  });
});

describe('a changed PIN', () => {
  test('writes the key file and nothing else: the keys stay', async () => {
    const { vault, name } = await created();
    const writes = platform.writes;
    expect(await vault.checkPin(PIN)).toBe('open');
    await vault.setPin('314159');
    expect(platform.writes).toBe(writes + 1);
    expect(nameOf(vault)).toBe(name);
    const next = await restart();
    expect(await next.unlock('314159')).toBe('open');
    expect(nameOf(next)).toBe(name);
  });

  test('needs the old one, whose wrong guesses count', async () => {
    const { vault } = await created();
    for (let i = 0; i < 5; i += 1) expect(await vault.checkPin(WRONG)).toBe('wrong');
    expect(await vault.checkPin(PIN)).toBe('wait');
    expect(stepOf(vault)).toBe('open');
  });

  test('leaves the recovery code as it was', async () => {
    const { vault, code } = await created();
    await vault.setPin('314159');
    expect(await (await restart()).recover(code)).toBe(true);
  });
});

describe('with a keystore of the system', () => {
  test('the PIN opens it in the same account only; elsewhere the recovery code does', async () => {
    platform.account = 77;
    const { code, name } = await created();
    expect(keyFile()?.pin?.keystore).toBe(true);
    expect(await (await restart()).unlock(PIN)).toBe('open');

    platform.account = 78;
    const stolen = await restart();
    expect(await stolen.unlock(PIN)).toBe('keystore');
    expect(keyFile()?.wrongPins.count).toBe(0);
    expect(await stolen.recover(code)).toBe(true);
    await stolen.setPin('314159');
    const next = await restart();
    expect(await next.unlock('314159')).toBe('open');
    expect(nameOf(next)).toBe(name);
  });

  test('a wrap from before there was one goes into it at the next opening', async () => {
    await created();
    platform.account = 77;
    expect(await (await restart()).unlock(PIN)).toBe('open');
    expect(keyFile()?.pin?.keystore).toBe(true);
    expect(await (await restart()).unlock(PIN)).toBe('open');
  });
});

test('a machine that stretches too quickly stretches more from then on', async () => {
  const { name } = await created();
  const before = keyFile()?.pin?.wrap;
  platform.session = null;
  const vault = createVault(platform, { ...quickStretcher, leastTime: 60_000 }, () => clock);
  await vault.start();
  expect(await vault.unlock(PIN)).toBe('open');
  await expect.poll(() => keyFile()?.pin?.wrap).not.toBe(before);
  const next = await restart();
  expect(await next.unlock(PIN)).toBe('open');
  expect(nameOf(next)).toBe(name);
});

describe('a damaged key file', () => {
  test('is read from its other copy', async () => {
    const { name } = await created();
    platform.copies[0] = 'noise';
    const vault = await restart();
    expect(await vault.unlock(PIN)).toBe('open');
    expect(nameOf(vault)).toBe(name);
  });

  test('in both copies is said, and no new vault is made over it', async () => {
    await created();
    platform.copies = ['', 'noise'];
    const vault = await restart();
    expect(stepOf(vault)).toBe('damaged');
    await expect(vault.create(PIN)).rejects.toThrow();
    expect(platform.copies).toEqual(['', 'noise']);
  });
});

describe('a lost key file', () => {
  test('is not replaced by a new vault where there is data that it was for', async () => {
    await created();
    platform.copies = [null, null];
    platform.data = true;
    expect(stepOf(await restart())).toBe('missing');
  });

  test.each([
    ['missing', [null, null]],
    ['damaged', ['noise', '']],
  ])('that is %s comes back from a backup and opens by the recovery code', async (step, copies) => {
    const { code, name } = await created();
    const backup = keyFile();
    if (!backup) throw new Error('no key file');
    platform.copies = [...copies];
    platform.data = true;
    const vault = await restart();
    expect(stepOf(vault)).toBe(step);
    await vault.adopt(backup);
    expect(stepOf(vault)).toBe('locked');
    expect(await vault.unlock(PIN)).toBe('wait');
    expect(await vault.recover(code)).toBe(true);
    await vault.setPin('314159');
    const next = await restart();
    expect(await next.unlock('314159')).toBe('open');
    expect(nameOf(next)).toBe(name);
  });
});

test('a key file of a newer version is said, and left alone', async () => {
  await created();
  const newer = JSON.stringify({ version: 2, digest: 'x', something: 'new' });
  platform.copies = [newer, newer];
  const vault = await restart();
  expect(stepOf(vault)).toBe('newer');
  await expect(vault.create(PIN)).rejects.toThrow();
  expect(platform.copies).toEqual([newer, newer]);
});

test('an erased vault opens with nothing', async () => {
  const { vault, code } = await created();
  await vault.erase();
  const next = await start();
  expect(stepOf(next)).toBe('new');
  await expect(next.recover(code)).rejects.toThrow();
});

test('a covered vault shows nothing until the PIN, and a reload asks for it', async () => {
  const { vault, name } = await created();
  await vault.cover('waiting for the disk');
  expect(openState(vault).cover).toBe('waiting for the disk');
  expect(stepOf(await start())).toBe('locked');
  expect(await vault.unlock(WRONG)).toBe('wrong');
  expect(openState(vault).cover).not.toBeNull();
  expect(await vault.unlock(PIN)).toBe('open');
  expect(openState(vault).cover).toBeNull();
  expect(nameOf(vault)).toBe(name);
});
