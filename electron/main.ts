/**
 * The desktop shell: a chain of small modules, one concern each. Everything the app is lies in the
 * page; the shell gives it a window, an origin, a journal on disk and files.
 */
import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { app, dialog, type OpenDialogOptions, safeStorage } from 'electron';
import { chosenFolder, openBackupFolder } from './backup-folder.ts';
import { BEFORE_UPGRADE, keepBeforeUpgrade } from './before-upgrade.ts';
import { diskSpace, openContentFiles } from './content-files.ts';
import { reloadWhenBuilt } from './dev-reload.ts';
import { registerIpc } from './ipc.ts';
import { openJournal } from './journal.ts';
import { openKeyFile } from './key-file.ts';
import { createKeystore } from './keystore.ts';
import { setMenu } from './menu.ts';
import { closeNavigation } from './navigation.ts';
import { denyPermissions } from './permissions.ts';
import { createPrinting } from './print.ts';
import { type AskWhere, saveFile } from './save-file.ts';
import { createSaves } from './saves.ts';
import { registerScheme, serveApp } from './scheme.ts';
import { createSessionKey } from './session-key.ts';
import { openSettings } from './settings.ts';
import { isFirstInstance } from './single-instance.ts';
import { openWindow } from './window.ts';
import { appWindows, frontWindow } from './windows.ts';

const { ONSITE_PROFILE, ONSITE_SERVICE, ONSITE_ENROL } = process.env;

// The profile's folder has the same name packed or not: it holds what people saved.
app.setName('Onsite');
const profile = ONSITE_PROFILE ?? join(app.getPath('appData'), 'Onsite');
mkdirSync(profile, { recursive: true });
app.setPath('userData', profile);

const start = async (): Promise<void> => {
  const page = join(__dirname, '..', 'renderer');
  const settings = openSettings(join(profile, 'settings.json'));
  const journal = openJournal(join(profile, 'journal'));
  const files = openContentFiles(join(profile, 'attachments'));
  const keyFile = openKeyFile(profile);
  const backups = openBackupFolder(() => settings.current().backupFolder);
  const saves = createSaves();
  const printing = createPrinting(settings, () => frontWindow()?.webContents ?? null);
  // A service given at the start holds until the person sets another one.
  let service = ONSITE_SERVICE ?? settings.current().service;
  let saveFolder = app.getPath('downloads');

  const askWhere: AskWhere = async (defaultPath) => {
    const options = { title: '保存', buttonLabel: '保存', defaultPath };
    const window = frontWindow();
    const { canceled, filePath } = await (window === null
      ? dialog.showSaveDialog(options)
      : dialog.showSaveDialog(window, options));
    if (canceled || !filePath) return null;
    saveFolder = join(filePath, '..');
    return filePath;
  };

  // Closing the window remembers its place: the app ends when that is written.
  app.on('will-quit', (event) => {
    const writing = settings.writing();
    if (writing === null) return;
    event.preventDefault();
    void writing.catch(() => {}).then(() => app.quit());
  });

  await app.whenReady();
  // Before any page opens what the former version left.
  await keepBeforeUpgrade(profile, settings.current().version, app.getVersion());
  await settings.change({ version: app.getVersion() }).catch(() => {});
  const keystore = createKeystore(safeStorage);
  const sessionKey = createSessionKey();
  serveApp(page, () => service);
  denyPermissions();
  setMenu();
  registerIpc({
    readConfig: async () => ({
      version: app.getVersion(),
      service,
      enrolmentCode: ONSITE_ENROL ?? null,
    }),
    setService: async (origin) => {
      if (origin === service) return;
      await settings.change({ service: origin });
      service = origin;
      // The policy's header names the service: the pages must be loaded anew to get it. Not before
      // the answer is out, or the page would see its call fail.
      setTimeout(() => {
        for (const window of appWindows()) window.webContents.reload();
      }, 50);
    },
    appendJournal: journal.append,
    readJournal: journal.read,
    readPlainJournal: journal.readPlain,
    replacePlainJournal: journal.replacePlain,
    writeFile: files.write,
    readFile: files.read,
    listFiles: files.list,
    removeFile: files.remove,
    readDiskSpace: () => diskSpace(profile),
    saveFile: (name, bytes) => saveFile(name, bytes, saveFolder, askWhere),
    startSave: (name) => saves.start(name, saveFolder, askWhere),
    writeSave: saves.write,
    finishSave: saves.finish,
    dropSave: saves.drop,
    eraseData: async () => {
      for (const folder of ['journal', 'attachments', BEFORE_UPGRADE]) {
        await rm(join(profile, folder), { recursive: true, force: true });
      }
    },
    readKeyFile: keyFile.read,
    writeKeyFile: keyFile.write,
    replaceKeyFile: keyFile.replace,
    eraseKeyFile: keyFile.erase,
    hasKeystore: async () => keystore.available(),
    keystoreEncrypt: async (plain) => keystore.encrypt(plain),
    keystoreDecrypt: async (message) => keystore.decrypt(message),
    keepSessionKey: async (key) => sessionKey.keep(key),
    readSessionKey: async () => sessionKey.read(),
    lockAsked: sessionKey.lockAsked,
    readBackupFolder: async () => settings.current().backupFolder,
    chooseBackupFolder: async () => {
      const options: OpenDialogOptions = {
        title: '选择备份文件夹',
        buttonLabel: '选这个文件夹',
        properties: ['openDirectory', 'createDirectory'],
      };
      const window = frontWindow();
      const { filePaths } = await (window === null
        ? dialog.showOpenDialog(options)
        : dialog.showOpenDialog(window, options));
      const [picked] = filePaths;
      if (picked === undefined) return null;
      const backupFolder = chosenFolder(picked);
      await settings.change({ backupFolder });
      return backupFolder;
    },
    listBackupFiles: backups.list,
    writeBackupFile: backups.write,
    readBackupFile: backups.read,
    publishBackupFile: backups.publish,
    removeBackupFile: backups.remove,
    openWindow: async (address) => {
      openWindow(settings, address);
    },
    listPrinters: () => printing.list(),
    printDirectly: (job) => printing.print(job),
  });
  openWindow(settings);
  reloadWhenBuilt(page, appWindows);
};

// The windows are the app; closing the last one ends it on every system.
app.on('window-all-closed', () => app.quit());

registerScheme();
closeNavigation();
// Every renderer, whatever opens it. As root (tests, containers) Chromium cannot sandbox and is told
// so from outside; asking for it all the same would end the app.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
if (isFirstInstance(frontWindow)) {
  start().catch((error: unknown) => {
    dialog.showErrorBox(
      'Onsite 勘签无法启动',
      error instanceof Error ? error.message : String(error),
    );
    app.exit(1);
  });
} else {
  app.quit();
}
