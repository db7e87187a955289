import { z } from 'zod';
import { ask, CommandError, command, readArgs, WHICH, whichDevices } from './service.ts';

const USAGE = '用法：onsite reset-pin --device 设备编号|--username 用户名';

const answerSchema = z.union([
  z.object({ code: z.string() }),
  z.object({ devices: z.array(z.object({ id: z.string(), name: z.string() })) }),
]);

/**
 * `onsite reset-pin`: prints a one-time code, alone on its line, with which the person who forgot the
 * PIN of a device sets a new one. It holds for an hour.
 */
export const run = (args: string[]): Promise<number> =>
  command(async () => {
    const { values } = readArgs({ args, options: WHICH }, USAGE);
    const answer = await ask(answerSchema, '/admin/reset-pin', whichDevices(values, USAGE));
    if ('code' in answer) {
      console.log(answer.code);
      return;
    }
    if (answer.devices.length === 0) {
      throw new CommandError(
        1,
        '没有可以重设口令的设备：设备要登记并联网过一次才行。请改用打印的恢复码',
      );
    }
    const listed = answer.devices.map(({ id, name }) => `${id}\t${name}`).join('\n');
    throw new CommandError(1, `此人有几台设备，请用 --device 写明是哪一台：\n${listed}`);
  });
