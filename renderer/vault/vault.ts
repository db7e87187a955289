/**
 * The vault 保险箱: the one place that handles the data key, which everything on this device is
 * encrypted under.
 *
 * What it is for, and against whom:
 *
 * - A **lost or stolen laptop, switched off, or its disk**: the data key lies there only wrapped. The
 *   PIN's wrap is inside the system's keystore's, where there is a keystore, so guessing PINs needs the
 *   person's own system account too; without one, each guess costs argon2id's quarter of a second and
 *   64 MiB, which slows six digits down but does not stop a determined thief: such machines should have
 *   a longer PIN or an encrypted disk. The other wraps need 128 random bits (the printed code) or 256
 *   (the office's secret).
 * - **Somebody at the desk, the system's session open, ours locked**: the page was loaded anew, so no
 *   memory of it holds the key; wrong PINs wait, over restarts and clocks put back. Whoever can move
 *   the clock forward, debug our processes or put old files back can also get round waiting.
 * - **The office**: its secret opens nothing without this device's key file, and the key file nothing
 *   without it; the service gives it only against a one-time code that a person at the office made.
 * - **Not against** software that runs in the person's account while the vault is open: the key is in
 *   the page's memory and in main's. Nor does a new PIN or code take from old copies of the key file
 *   (backups carry one, without the PIN's wrap) what the old ones opened: the data key stays the same,
 *   so that nothing need be written anew.
 *
 * Nothing here ever deletes data. Without PIN, code and office the data stays, unreadable; only
 * `erase`, which the office orders for a lost device, destroys the wraps.
 */
import { randomBytes } from '@noble/ciphers/utils.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { v4 as uuid } from 'uuid';
import { createStore as createState, type StoreApi } from 'zustand/vanilla';
import { DamagedError } from '../../domain/vault/cipher.ts';
import {
  type KeyFile,
  KeyFileDamagedError,
  KeyFileNewerError,
} from '../../domain/vault/key-file.ts';
import { createKeys, fingerprintOf, type Keys } from '../../domain/vault/keys.ts';
import { readRecoveryCode } from '../../domain/vault/recovery-code.ts';
import {
  keyOfSecret,
  openByOffice,
  openByRecoveryCode,
  unwrapKey,
  wrapKey,
} from '../../domain/vault/wrap.ts';
import type { VaultPlatform } from '../platform/vault.ts';
import { createStretcher, type Stretcher } from './stretch.ts';
import { waitLeft } from './waits.ts';

export type VaultState =
  | { readonly step: 'starting' }
  /** There is no vault yet: a PIN makes one. */
  | { readonly step: 'new' }
  | { readonly step: 'locked'; readonly file: KeyFile }
  /** No copy of the key file is whole, or there is none though there is what it is for. */
  | { readonly step: 'damaged' | 'missing' }
  /** A newer version of the app wrote the key file. */
  | { readonly step: 'newer' }
  | {
      readonly step: 'open';
      readonly file: KeyFile;
      readonly keys: Keys;
      /** What a person must do before work: choose a PIN, note the recovery code. */
      readonly needs: 'pin' | 'recovery-code' | null;
      /** Locked for the eye, with why it is not locked for good yet; null when it is not. */
      readonly cover: string | null;
    };

/** `keystore`: the system does not open the PIN's wrap; the recovery code or the office does. */
export type UnlockAnswer = 'open' | 'wrong' | 'wait' | 'keystore';

export interface Vault {
  readonly state: StoreApi<VaultState>;
  /** Looks what there is. */
  start(): Promise<void>;
  /** Makes the data key and its first wrap. @throws when there is a vault already */
  create(pin: string): Promise<void>;
  /** Takes a backup's key file in place of the one that is lost or damaged. It opens by its other wraps. */
  adopt(file: KeyFile): Promise<void>;
  unlock(pin: string): Promise<UnlockAnswer>;
  /** Opens with the printed code; false when it is not this vault's. A new PIN must follow. */
  recover(code: string): Promise<boolean>;
  /** Opens with the secret that the office keeps; false when it is not this vault's. */
  recoverByOffice(secret: string): Promise<boolean>;
  /** Of an open vault: sets the PIN. The data key, and so the data, stays as it is. */
  setPin(pin: string): Promise<void>;
  /** Whether this is the PIN, asked before it is changed; wrong ones count. */
  checkPin(pin: string): Promise<UnlockAnswer>;
  /** Lets a code open this vault, in place of the one before: somebody said that it is kept. */
  keepRecoveryCode(code: string): Promise<void>;
  /**
   * Gives the office a secret that opens this vault, once for each device and service; `deliver`
   * sends it (hex).
   */
  escrow(
    office: { readonly device: string; readonly epoch: string },
    deliver: (secret: string) => Promise<void>,
  ): Promise<void>;
  setLockAfter(minutes: number): Promise<void>;
  /** Hides everything while something must still be written; `unlock` takes it back. */
  cover(why: string): Promise<void>;
  /** Forgets the key, here and where the session kept it. The page must be loaded anew behind it. */
  lock(): Promise<void>;
  /** Destroys every wrap: nothing on this device can be read any more, by anybody. */
  erase(): Promise<void>;
}

/** A clock that nobody puts back while the page is open, ms since 1970. */
const steadyNow = (): number => performance.timeOrigin + performance.now();

export const createVault = (
  platform: VaultPlatform,
  stretcher: Stretcher = createStretcher(),
  now: () => number = steadyNow,
): Vault => {
  const state = createState<VaultState>(() => ({ step: 'starting' }));
  let dataKey: Uint8Array | null = null;
  /** Opened without the PIN: nobody works on before there is a new one. */
  let recovered = false;
  /** Wrong PINs that a full disk did not take: they count in this window all the same. */
  let uncounted: KeyFile['wrongPins'] | null = null;
  /** The last PIN took less time than a guess must cost. */
  let tooQuick = false;

  const opened = (): Uint8Array => {
    if (!dataKey) throw new Error('the vault is locked');
    return dataKey;
  };

  const needsOf = ({ pin, recovery }: KeyFile) =>
    recovered || pin === null ? 'pin' : recovery ? null : 'recovery-code';

  const show = (file: KeyFile) => {
    const { keys, cover } = { keys: null, cover: null, ...state.getState() };
    state.setState(
      dataKey
        ? { step: 'open', file, keys: keys ?? createKeys(dataKey), needs: needsOf(file), cover }
        : { step: 'locked', file },
      true,
    );
  };

  const current = async (): Promise<KeyFile> => {
    const file = await platform.readKeyFile();
    if (!file) throw new Error('there is no key file');
    if (!uncounted || uncounted.count <= file.wrongPins.count) return file;
    return { ...file, wrongPins: uncounted };
  };

  /** Changes the key file as it is now, whatever another window did meanwhile. */
  const change = async (edit: (file: KeyFile) => Partial<KeyFile>): Promise<KeyFile> => {
    for (;;) {
      const before = await current();
      const file = { ...before, ...edit(before), revision: before.revision + 1 };
      if (await platform.writeKeyFile(file)) {
        show(file);
        return file;
      }
    }
  };

  const open = async (key: Uint8Array, file: KeyFile) => {
    dataKey = key;
    await platform.keepSessionKey(key);
    show(file);
    state.setState({ cover: null });
  };

  const stretchAnew = async (pin: string): Promise<void> => {
    const { id, pin: before } = await current();
    const wrap = await pinWrap(pin, id, opened());
    // Unless the PIN was changed meanwhile.
    await change((file) => (file.pin?.wrap === before?.wrap ? { pin: wrap } : {}));
  };

  /** Tries a PIN against the key file as it is now, and counts it. */
  const tryPin = async (pin: string): Promise<Exclude<UnlockAnswer, 'open'> | Uint8Array> => {
    const file = await current();
    if (!file.pin || waitLeft(file.wrongPins, now()) > 0) {
      show(file);
      return 'wait';
    }
    const { stretching, keystore, wrap } = file.pin;
    let inner = wrap;
    if (keystore) {
      try {
        inner = bytesToHex(await platform.keystore.decrypt(hexToBytes(wrap)));
      } catch {
        return 'keystore';
      }
    }
    const start = performance.now();
    const under = await stretcher.stretch(pin, stretching);
    tooQuick = performance.now() - start < stretcher.leastTime;
    try {
      return unwrapKey(inner, under, file.id, 'pin');
    } catch (error) {
      if (!(error instanceof DamagedError)) throw error;
      // Counted before it is answered: ending the app here saves no guess.
      uncounted = { count: file.wrongPins.count + 1, at: now() };
      await change(() => ({})).catch(async () => show(await current()));
      return 'wrong';
    }
  };

  /** A wrap that a PIN's key opens, put into the system's keystore where there is one. */
  const keep = async (wrap: string) => {
    if (!(await platform.keystore.available())) return { keystore: false, wrap };
    const kept = await platform.keystore.encrypt(hexToBytes(wrap));
    return { keystore: true, wrap: bytesToHex(kept) };
  };

  const pinWrap = async (pin: string, vault: string, key: Uint8Array): Promise<KeyFile['pin']> => {
    const { stretching, key: under } = await stretcher.stretchAnew(pin);
    return { stretching, ...(await keep(wrapKey(key, under, vault, 'pin'))) };
  };

  /** Takes the right PIN: wrong ones are forgiven, and a keystore that came since gets its wrap. */
  const accepted = async (): Promise<KeyFile> => {
    const file = await current();
    uncounted = null;
    const kept = file.pin && !file.pin.keystore ? await keep(file.pin.wrap) : file.pin;
    if (file.wrongPins.count === 0 && kept?.keystore === file.pin?.keystore) return file;
    const news: KeyFile = {
      ...file,
      revision: file.revision + 1,
      pin: file.pin && { ...file.pin, ...kept },
      wrongPins: { count: 0, at: file.wrongPins.at },
    };
    // A full disk must not keep the owner out.
    const written = await platform.writeKeyFile(news).catch(() => false);
    return written ? news : file;
  };

  /** Opens without the PIN. The session's key is kept only once there is a new one. */
  const recover = async (
    open: (file: KeyFile, secret: string) => Uint8Array | null,
    secret: string,
  ): Promise<boolean> => {
    const file = await current();
    const key = open(file, secret);
    if (!key) return false;
    dataKey = key;
    recovered = true;
    show(file);
    return true;
  };

  return {
    state,
    start: async () => {
      try {
        const file = await platform.readKeyFile();
        if (!file) {
          const step = (await platform.hasData()) ? 'missing' : 'new';
          state.setState({ step }, true);
          return;
        }
        const kept = file.pin && (await platform.readSessionKey());
        // A forgotten tab may still hold the key of a vault that was here before.
        dataKey = kept && fingerprintOf(createKeys(kept)) === file.fingerprint ? kept : null;
        if (file.wrongPins.at > now()) {
          // The clock was put back: the wait begins anew.
          await change(({ wrongPins }) => ({ wrongPins: { ...wrongPins, at: now() } }));
        } else show(file);
      } catch (error) {
        if (error instanceof KeyFileNewerError) state.setState({ step: 'newer' }, true);
        else if (error instanceof KeyFileDamagedError) state.setState({ step: 'damaged' }, true);
        else throw error;
      }
    },
    create: async (pin) => {
      const id = uuid();
      const key = randomBytes(32);
      const file: KeyFile = {
        version: 1,
        id,
        fingerprint: fingerprintOf(createKeys(key)),
        revision: 1,
        pin: await pinWrap(pin, id, key),
        recovery: null,
        office: null,
        wrongPins: { count: 0, at: 0 },
        lockAfter: 10,
      };
      if (!(await platform.writeKeyFile(file))) throw new Error('there is a vault already');
      await open(key, file);
    },
    adopt: async (file) => {
      await platform.replaceKeyFile({ ...file, pin: null });
      show(await current());
    },
    unlock: async (pin) => {
      const answer = await tryPin(pin);
      if (typeof answer === 'string') return answer;
      await open(answer, await accepted());
      // A quicker machine than the one that it was calibrated on, or an idler one.
      if (tooQuick) stretchAnew(pin).catch(() => undefined);
      return 'open';
    },
    checkPin: async (pin) => {
      const answer = await tryPin(pin);
      if (typeof answer === 'string') return answer;
      answer.fill(0);
      show(await accepted());
      return 'open';
    },
    recover: (code) => recover(openByRecoveryCode, code),
    recoverByOffice: (secret) => recover(openByOffice, secret),
    setPin: async (pin) => {
      const key = opened();
      const { id } = await current();
      const wrap = await pinWrap(pin, id, key);
      // The office's secret has left its safe: the next contact leaves a new one.
      const spent = recovered ? { office: null } : {};
      const file = await change(() => ({ ...spent, pin: wrap, wrongPins: { count: 0, at: 0 } }));
      await platform.keepSessionKey(key);
      [recovered, uncounted] = [false, null];
      show(file);
    },
    keepRecoveryCode: async (code) => {
      const secret = readRecoveryCode(code);
      if (!secret) throw new Error('not a recovery code');
      const key = opened();
      await change(({ id }) => ({
        recovery: { wrap: wrapKey(key, keyOfSecret(secret, id, 'recovery'), id, 'recovery') },
      }));
    },
    escrow: async ({ device, epoch }, deliver) => {
      const key = opened();
      const isLeft = ({ office: left }: KeyFile) =>
        left?.device === device && left.epoch === epoch && left.undelivered === null;
      if (isLeft(await current())) return;
      const secret = randomBytes(32);
      const { id, office } = await change((file) => {
        // Another window may have made one: both deliver the same.
        if (file.office?.device === device && file.office.epoch === epoch) return {};
        const undelivered = wrapKey(secret, key, file.id, 'office');
        const wrap = wrapKey(key, keyOfSecret(secret, file.id, 'office'), file.id, 'office');
        return { office: { device, epoch, undelivered, wrap } };
      });
      if (!office?.undelivered) return;
      await deliver(bytesToHex(unwrapKey(office.undelivered, key, id, 'office')));
      await change(({ office: made }) =>
        made?.wrap === office.wrap ? { office: { ...made, undelivered: null } } : {},
      );
    },
    setLockAfter: async (lockAfter) => {
      await change(() => ({ lockAfter }));
    },
    cover: async (why) => {
      state.setState((shown) =>
        shown.step === 'open' && shown.cover !== why ? { cover: why } : shown,
      );
      await platform.keepSessionKey(null);
    },
    lock: async () => {
      await platform.keepSessionKey(null);
      dataKey?.fill(0);
      dataKey = null;
    },
    erase: async () => {
      await platform.eraseKeyFile();
      await platform.keepSessionKey(null);
      dataKey?.fill(0);
      dataKey = null;
    },
  };
};
