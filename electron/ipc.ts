import { ipcMain, type WebFrameMain } from 'electron';
import type { z } from 'zod';
import { SHELL_CHANNELS, type Shell, type ShellChannel } from '../domain/shell/contract.ts';
import { isAppUrl } from './origin.ts';

/**
 * What crosses the process border. A plain object, because Electron wraps a thrown error's message
 * in words of its own; preload turns it back into an error.
 */
export type IpcAnswer = { readonly value: unknown } | { readonly error: string };

/** Our page, at the top of its window: no frame inside it, no other page. */
const isOurPage = (frame: WebFrameMain | null): boolean =>
  frame !== null && frame.parent === null && isAppUrl(frame.url);

const whyWrong = (channel: ShellChannel, error: z.ZodError): string =>
  `调用 ${channel} 的参数不对：${error.issues.map((i) => `${i.path.join('.')} ${i.message}`).join('；')}`;

const handle = <C extends ShellChannel>(channel: C, handler: Shell[C]): void => {
  const { takes } = SHELL_CHANNELS[channel];
  ipcMain.handle(channel, async (event, ...args: unknown[]): Promise<IpcAnswer> => {
    if (!isOurPage(event.senderFrame)) return { error: '只有本应用的页面可以这样做' };
    const checked = takes.safeParse(args);
    if (!checked.success) return { error: whyWrong(channel, checked.error) };
    try {
      // The schema has just shown that these are the handler's arguments; TypeScript cannot see
      // that `takes` and `handler` belong to the same channel.
      const call = handler as (...given: readonly unknown[]) => Promise<unknown>;
      return { value: await call(...checked.data) };
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    }
  });
};

/** Security rule: exactly the contract's channels, each checking who calls and with what. */
export const registerIpc = (shell: Shell): void => {
  handle('readConfig', shell.readConfig);
  handle('setService', shell.setService);
  handle('appendJournal', shell.appendJournal);
  handle('readJournal', shell.readJournal);
  handle('readPlainJournal', shell.readPlainJournal);
  handle('replacePlainJournal', shell.replacePlainJournal);
  handle('writeFile', shell.writeFile);
  handle('readFile', shell.readFile);
  handle('listFiles', shell.listFiles);
  handle('removeFile', shell.removeFile);
  handle('readDiskSpace', shell.readDiskSpace);
  handle('saveFile', shell.saveFile);
  handle('startSave', shell.startSave);
  handle('writeSave', shell.writeSave);
  handle('finishSave', shell.finishSave);
  handle('dropSave', shell.dropSave);
  handle('eraseData', shell.eraseData);
  handle('readKeyFile', shell.readKeyFile);
  handle('writeKeyFile', shell.writeKeyFile);
  handle('replaceKeyFile', shell.replaceKeyFile);
  handle('eraseKeyFile', shell.eraseKeyFile);
  handle('hasKeystore', shell.hasKeystore);
  handle('keystoreEncrypt', shell.keystoreEncrypt);
  handle('keystoreDecrypt', shell.keystoreDecrypt);
  handle('keepSessionKey', shell.keepSessionKey);
  handle('readSessionKey', shell.readSessionKey);
  handle('lockAsked', shell.lockAsked);
  handle('readBackupFolder', shell.readBackupFolder);
  handle('chooseBackupFolder', shell.chooseBackupFolder);
  handle('listBackupFiles', shell.listBackupFiles);
  handle('writeBackupFile', shell.writeBackupFile);
  handle('readBackupFile', shell.readBackupFile);
  handle('publishBackupFile', shell.publishBackupFile);
  handle('removeBackupFile', shell.removeBackupFile);
  handle('openWindow', shell.openWindow);
  handle('listPrinters', shell.listPrinters);
  handle('printDirectly', shell.printDirectly);
};
