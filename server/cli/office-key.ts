import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { ask, CommandError, command, readArgs } from './service.ts';

const USAGE = '用法：onsite office-key [--backup FILE | --restore FILE]';

const keySchema = z.object({ publicKey: z.string(), privateKey: z.string() });

/**
 * `onsite office-key`: prints the public key that devices encrypt bundles to. `--backup` writes the
 * private key to a new file that only its user can read; `--restore` takes it in on a new service,
 * which then opens what was encrypted to it. Whoever has the file can read every bundle.
 */
export const run = (args: string[]): Promise<number> =>
  command(async () => {
    const options = { backup: { type: 'string' }, restore: { type: 'string' } } as const;
    const { backup, restore } = readArgs({ args, options }, USAGE).values;
    if (backup && restore) throw new CommandError(2, USAGE);
    const { publicKey, privateKey } = restore
      ? await ask(keySchema, '/admin/office-key/restore', { privateKey: await readKey(restore) })
      : await ask(keySchema, '/admin/office-key', {});
    if (backup) {
      const text = `${JSON.stringify({ kind: 'onsite office key', publicKey, privateKey })}\n`;
      await writeFile(backup, text, { flag: 'wx', mode: 0o600, flush: true }).catch(() => {
        throw new CommandError(1, `${backup}：写不进去，或文件已经存在，请换一个文件名`);
      });
      console.error(`私钥已写到 ${backup}。拿到它的人能打开所有导出文件，请离线保管`);
    }
    console.log(publicKey);
  });

const fileSchema = z.object({
  kind: z.literal('onsite office key'),
  privateKey: z.string().regex(/^[0-9a-f]{64}$/),
});

async function readKey(path: string): Promise<string> {
  try {
    return fileSchema.parse(JSON.parse(await readFile(path, 'utf8'))).privateKey;
  } catch {
    throw new CommandError(2, `${path}：不是 onsite office-key --backup 写出的文件，请检查路径`);
  }
}
