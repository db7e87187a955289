/** Printing without a dialog, to a printer of this machine that is remembered. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { WebContents } from 'electron';
import type { Printers, PrintJob } from '../domain/shell/contract.ts';
import { printImages } from './print-images.ts';
import { printPdf } from './print-pdf.ts';
import type { SettingsFile } from './settings.ts';

export interface Printing {
  list(): Promise<Printers>;
  /** One job after the other. */
  print(job: PrintJob): Promise<void>;
}

/** Whether CUPS' own programs are here, which take PDFs. */
const hasCups = (): boolean =>
  process.platform !== 'win32' &&
  (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, 'lp'), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

/** @param contents the page that asks the system for its printers; null when it is closed */
export const createPrinting = (
  settings: SettingsFile,
  contents: () => WebContents | null,
): Printing => {
  const printers = async (): Promise<Printers['printers']> =>
    ((await contents()?.getPrintersAsync()) ?? []).map(({ name, displayName }) => ({
      name,
      title: displayName || name,
    }));

  const print = async (job: PrintJob): Promise<void> => {
    const { printer, content } = job;
    const known = (await printers()).find(({ name }) => name === printer);
    const advice = '请检查打印机，或改用系统打印对话框。';
    if (!known) throw new Error(`找不到打印机“${printer}”，什么也没有打印。${advice}`);
    try {
      await ('pdf' in content
        ? printPdf({ ...job, pdf: content.pdf })
        : printImages({ ...job, ...content }));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`打印机“${known.title}”没有打印：${reason}。${advice}`);
    }
    // Paper is out: a setting that cannot be written is no reason to say otherwise.
    await settings.change({ printer }).catch(() => {});
  };

  let last: Promise<unknown> = Promise.resolve();
  return {
    list: async () => ({
      takes: hasCups() ? 'pdf' : 'images',
      printers: await printers(),
      remembered: settings.current().printer,
    }),
    print: (job) => {
      const mine = last.then(() => print(job));
      last = mine.catch(() => {});
      return mine;
    },
  };
};
