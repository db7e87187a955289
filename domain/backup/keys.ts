/** Which vault a backup is of, and how it opens elsewhere. */
import { type KeyFile, keyFileSchema } from '../vault/key-file.ts';
import { createKeys, type Keys } from '../vault/keys.ts';
import { openByRecoveryCode } from '../vault/wrap.ts';

/** Names the vault that keys belong to, and says nothing else of them. */
export const vaultName = (keys: Keys): string => keys.blind('backups').slice(0, 12);

/**
 * What of the key file may leave the device: it opens with the recovery code, or through the office.
 * Never with the PIN: six digits can be guessed by whoever finds the stick.
 *
 * @throws with a Chinese message when no recovery code is kept: such a backup would open nowhere else
 */
export const recoverableKeyFile = (file: KeyFile): KeyFile => {
  if (!file.recovery) {
    throw new Error('还没有恢复码，备份在别的电脑上打不开。请先在“设置”里生成并保存恢复码');
  }
  return { ...file, pin: null, wrongPins: { count: 0, at: 0 } };
};

/**
 * The keys of a backup's vault.
 *
 * @param keyFile as it stands in the backup's header
 * @param code the recovery code as it was typed
 * @returns null when the code was mistyped or is another vault's
 */
export const keysOfBackup = (keyFile: unknown, code: string): Keys | null => {
  const file = keyFileSchema.safeParse(keyFile).data;
  const dataKey = file ? openByRecoveryCode(file, code) : null;
  return dataKey && createKeys(dataKey);
};
