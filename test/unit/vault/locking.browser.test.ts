import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createStore as createState } from 'zustand/vanilla';
import type { SavingState, WorkingSet } from '../../../renderer/store/store.ts';
import { EMPTY_WORKING_SET } from '../../../renderer/store/working-set.ts';
import { type Locking, startLocking } from '../../../renderer/vault/locking.ts';
import type { Stretcher } from '../../../renderer/vault/stretch.ts';
import { createVault } from '../../../renderer/vault/vault.ts';
import { fakeVaultPlatform } from './fake-vault-platform.ts';

const PIN = '271828';
/** What a PIN becomes matters nowhere here. */
const stretcher: Stretcher = {
  leastTime: 0,
  stretch: async (pin) => new Uint8Array(32).fill(pin.length + pin.charCodeAt(0)),
  stretchAnew: async (pin) => ({
    key: await stretcher.stretch(pin, { salt: '', memory: 0, passes: 0 }),
    stretching: { salt: 'ab', memory: 8 * 1024, passes: 1 },
  }),
};

const MINUTE = 60_000;
let clock = 0;
const running: Locking[] = [];

/** A window with an open vault, whose store says how saving goes. */
const openWindow = async (platform = fakeVaultPlatform()) => {
  const vault = createVault(platform, stretcher);
  await vault.start();
  if (vault.state.getState().step === 'new') await vault.create(PIN);
  const working = createState<WorkingSet>(() => EMPTY_WORKING_SET);
  const reload = vi.fn();
  const locking = startLocking({ vault, platform, working, reload, now: () => clock });
  running.push(locking);
  const saving = (state: SavingState) => working.setState({ saving: state });
  const cover = () => {
    const state = vault.state.getState();
    return state.step === 'open' ? state.cover : null;
  };
  return { platform, vault, reload, locking, saving, cover };
};

beforeEach(() => {
  clock = 1_800_000_000_000;
});
afterEach(() => {
  for (const locking of running.splice(0)) locking.stop();
});

const press = (key: string, ctrlKey = false) =>
  window.dispatchEvent(new KeyboardEvent('keydown', { key, ctrlKey }));

test('locking forgets the key and loads the page anew', async () => {
  const { locking, reload, platform } = await openWindow();
  expect(platform.session).not.toBeNull();
  await locking.lock();
  expect(platform.session).toBeNull();
  expect(reload).toHaveBeenCalledTimes(1);
});

test('Ctrl+L locks, L alone does not', async () => {
  const { reload } = await openWindow();
  press('l');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(reload).not.toHaveBeenCalled();
  press('l', true);
  await expect.poll(() => reload.mock.calls.length).toBe(1);
});

test('it locks when nobody touched it for the set time, and not before', async () => {
  const { reload } = await openWindow();
  clock += 10 * MINUTE - 1;
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  expect(reload).not.toHaveBeenCalled();
  press('a');
  clock += 10 * MINUTE - 1;
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  expect(reload).not.toHaveBeenCalled();
  clock += 1;
  await expect.poll(() => reload.mock.calls.length, { timeout: 3_000 }).toBe(1);
});

test('a clock that was put back keeps nothing open: the time starts anew', async () => {
  const { reload } = await openWindow();
  clock -= 24 * 60 * MINUTE;
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  clock += 10 * MINUTE;
  await expect.poll(() => reload.mock.calls.length, { timeout: 3_000 }).toBe(1);
});

test('one window locks all, and a touch in one keeps all open', async () => {
  const platform = fakeVaultPlatform();
  const first = await openWindow(platform);
  const second = await openWindow(platform);
  await first.locking.lock();
  await expect.poll(() => second.reload.mock.calls.length).toBe(1);
});

test('it locks when the system does', async () => {
  const { platform, reload } = await openWindow();
  platform.lock();
  await expect.poll(() => reload.mock.calls.length).toBe(1);
});

test('what is being typed is committed first', async () => {
  const { locking } = await openWindow();
  const input = document.createElement('input');
  document.body.append(input);
  const left = vi.fn();
  input.addEventListener('blur', left);
  input.focus();
  await locking.lock();
  expect(left).toHaveBeenCalledTimes(1);
  input.remove();
});

test('it hides everything at once, but waits with the rest until everything is written', async () => {
  const { locking, reload, saving, cover, vault, platform } = await openWindow();
  saving({ state: 'saving' });
  void locking.lock();
  await expect.poll(cover).toContain('最后的改动');
  expect(platform.session).toBeNull();
  saving({ state: 'failed', message: '磁盘已满' });
  await expect.poll(cover).toContain('磁盘已满');
  expect(reload).not.toHaveBeenCalled();
  expect(vault.state.getState().step).toBe('open');
  saving({ state: 'saved', at: 0 });
  await expect.poll(() => reload.mock.calls.length).toBe(1);
});

test('the PIN takes the cover off: the person frees the disk and goes on', async () => {
  const { locking, reload, saving, cover, vault } = await openWindow();
  saving({ state: 'failed', message: '磁盘已满' });
  const locked = locking.lock();
  await expect.poll(cover).toContain('磁盘已满');
  expect(await vault.unlock('wrong!')).toBe('wrong');
  expect(cover()).not.toBeNull();
  expect(await vault.unlock(PIN)).toBe('open');
  await locked;
  saving({ state: 'saved', at: 0 });
  expect(cover()).toBeNull();
  expect(reload).not.toHaveBeenCalled();
  // And it can be locked again.
  await locking.lock();
  expect(reload).toHaveBeenCalledTimes(1);
});
