/**
 * Security rule: the page gets exactly the contract's named functions, and no way to name a channel
 * itself. The list is written out (not taken from the contract's schemas) so that this file, which
 * every start of the page waits for, does not carry a schema library; the type makes a missing or
 * foreign name an error.
 */
import { contextBridge, ipcRenderer } from 'electron';
import type { Shell, ShellChannel } from '../domain/shell/contract.ts';
import type { IpcAnswer } from './ipc.ts';

const call = async (channel: ShellChannel, args: readonly unknown[]): Promise<never> => {
  const answer: IpcAnswer = await ipcRenderer.invoke(channel, ...args);
  if ('error' in answer) throw new Error(answer.error);
  // What main answers is the contract's type: `registerIpc` takes only a `Shell`.
  return answer.value as never;
};

const shell: Shell = {
  readConfig: (...args) => call('readConfig', args),
  setService: (...args) => call('setService', args),
  appendJournal: (...args) => call('appendJournal', args),
  readJournal: (...args) => call('readJournal', args),
  readPlainJournal: (...args) => call('readPlainJournal', args),
  replacePlainJournal: (...args) => call('replacePlainJournal', args),
  writeFile: (...args) => call('writeFile', args),
  readFile: (...args) => call('readFile', args),
  listFiles: (...args) => call('listFiles', args),
  removeFile: (...args) => call('removeFile', args),
  readDiskSpace: (...args) => call('readDiskSpace', args),
  saveFile: (...args) => call('saveFile', args),
  startSave: (...args) => call('startSave', args),
  writeSave: (...args) => call('writeSave', args),
  finishSave: (...args) => call('finishSave', args),
  dropSave: (...args) => call('dropSave', args),
  eraseData: (...args) => call('eraseData', args),
  readKeyFile: (...args) => call('readKeyFile', args),
  writeKeyFile: (...args) => call('writeKeyFile', args),
  replaceKeyFile: (...args) => call('replaceKeyFile', args),
  eraseKeyFile: (...args) => call('eraseKeyFile', args),
  hasKeystore: (...args) => call('hasKeystore', args),
  keystoreEncrypt: (...args) => call('keystoreEncrypt', args),
  keystoreDecrypt: (...args) => call('keystoreDecrypt', args),
  keepSessionKey: (...args) => call('keepSessionKey', args),
  readSessionKey: (...args) => call('readSessionKey', args),
  lockAsked: (...args) => call('lockAsked', args),
  readBackupFolder: (...args) => call('readBackupFolder', args),
  chooseBackupFolder: (...args) => call('chooseBackupFolder', args),
  listBackupFiles: (...args) => call('listBackupFiles', args),
  writeBackupFile: (...args) => call('writeBackupFile', args),
  readBackupFile: (...args) => call('readBackupFile', args),
  publishBackupFile: (...args) => call('publishBackupFile', args),
  removeBackupFile: (...args) => call('removeBackupFile', args),
  openWindow: (...args) => call('openWindow', args),
  listPrinters: (...args) => call('listPrinters', args),
  printDirectly: (...args) => call('printDirectly', args),
};

contextBridge.exposeInMainWorld('onsite', shell);
