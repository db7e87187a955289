import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { stdin, stdout } from 'node:process';
import { createInterface } from 'node:readline/promises';
import { BundleError } from '../../domain/sync/bundle-error.ts';
import { bundleIsFor } from '../../domain/sync/bundle-key.ts';
import { byteSource } from '../../domain/sync/bytes.ts';
import { BUNDLE_HEADERS, bundleAnswerSchema } from '../../domain/sync/wire.ts';
import { sendToService } from '../service/service-file.ts';
import { answerOf, CommandError, command, readArgs } from './service.ts';

const USAGE =
  '用法：onsite import FILE [--username 用户名]（有口令的文件：设置 ONSITE_PASSPHRASE，或按提示输入）';

/**
 * `onsite import`: has the running service take in a file that a device exported. Done twice it
 * changes nothing. The passphrase comes from `ONSITE_PASSPHRASE` or is asked for, never from the
 * arguments, which every process can read.
 *
 * @returns 0 when all of it was taken; 1 when it was refused, or something in it; 2 for wrong
 *   arguments or no file
 */
export const run = (args: string[]): Promise<number> =>
  command(async () => {
    const { values, positionals } = readArgs(
      { args, options: { username: { type: 'string' } }, allowPositionals: true },
      USAGE,
    );
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0) throw new CommandError(2, USAGE);
    const file = await fileAt(path);
    const headers: Record<string, string> = {};
    if (values.username) headers[BUNDLE_HEADERS.owner] = encodeURIComponent(values.username);
    const passphrase = await passphraseFor(file, path);
    if (passphrase) headers[BUNDLE_HEADERS.passphrase] = encodeURIComponent(passphrase);

    const answer = await answerOf(bundleAnswerSchema, (service) =>
      sendToService(service, '/admin/bundles', file, headers),
    );
    const { orders, changes, news, attachments, newAttachments, rejections } = answer;
    console.log(
      `${path}：${orders} 份工单，${changes} 项内容（新 ${news} 项），${attachments} 个文件（新 ${newAttachments} 个）`,
    );
    for (const { change, message } of rejections) console.error(`没有收下 ${change}：${message}`);
    if (rejections.length > 0) throw new CommandError(1, `有 ${rejections.length} 项没有收下`);
  });

async function fileAt(path: string): Promise<Blob> {
  try {
    if ((await stat(path)).isFile()) return await openAsBlob(path);
  } catch {
    // Said below, like a folder.
  }
  throw new CommandError(2, `${path}：没有这个文件或无法读取，请检查路径`);
}

async function passphraseFor(file: Blob, path: string): Promise<string | null> {
  let recipient: 'office' | 'passphrase';
  try {
    recipient = await bundleIsFor(byteSource(file.stream()));
  } catch (error) {
    if (error instanceof BundleError) throw new CommandError(1, `${path}：${error.message}`);
    throw error;
  }
  if (recipient === 'office') return null;
  if (process.env.ONSITE_PASSPHRASE) return process.env.ONSITE_PASSPHRASE;
  if (!stdin.isTTY) return null;
  const lines = createInterface({ input: stdin, output: stdout });
  try {
    return await lines.question('口令：');
  } finally {
    lines.close();
  }
}
