import { z } from 'zod';
import { ask, CommandError, command, readArgs, WHICH, whichDevices } from './service.ts';

const USAGE = '用法：onsite wipe --device 设备编号|--username 用户名 [--cancel]';

const answerSchema = z.object({
  devices: z.array(z.object({ id: z.string(), owner: z.string(), name: z.string() })),
});

/**
 * `onsite wipe`: orders a lost device, or all devices of a person, to erase everything at its next
 * contact; `--cancel` takes that back while it has not happened. `onsite devices` shows how it stands.
 */
export const run = (args: string[]): Promise<number> =>
  command(async () => {
    const options = { ...WHICH, cancel: { type: 'boolean', default: false } } as const;
    const { values } = readArgs({ args, options }, USAGE);
    const which = whichDevices(values, USAGE);
    const { devices } = await ask(answerSchema, '/admin/wipe', { which, cancelled: values.cancel });
    if (devices.length === 0) throw new CommandError(1, '没有这样的设备，请用 onsite devices 查看');
    const said = values.cancel ? '已取消清除' : '下次联系时清除';
    for (const { id, owner, name } of devices) console.log([id, owner, name, said].join('\t'));
  });
