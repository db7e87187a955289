import { z } from 'zod';
import { ROLES } from '../../domain/accounts/roles.ts';
import { roleSchema } from '../../domain/accounts/wire.ts';
import { ask, command, readArgs } from './service.ts';

const moment = z.number().nullable();
const devicesSchema = z.object({
  devices: z.array(
    z.object({
      id: z.string(),
      owner: z.string(),
      username: z.string(),
      role: roleSchema,
      name: z.string(),
      enrolledAt: z.number(),
      contactAt: moment,
      wipeOrderedAt: moment,
      wipedAt: moment,
    }),
  ),
});
type Device = z.infer<typeof devicesSchema>['devices'][number];

/** `2026-11-22 21:30`, in the machine's own time. */
const written = (at: number): string =>
  new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'short' }).format(at);

const stateOf = ({ wipeOrderedAt, wipedAt, contactAt }: Device): string => {
  if (wipedAt !== null) return `已清除 ${written(wipedAt)}`;
  if (wipeOrderedAt !== null) return `等待清除（${written(wipeOrderedAt)} 下令）`;
  return contactAt === null ? '没有人登录' : `最近联系 ${written(contactAt)}`;
};

/** `onsite devices`: lists the enrolled devices, one a line, its parts separated by tabs. */
export const run = (args: string[]): Promise<number> =>
  command(async () => {
    readArgs({ args, options: {} }, '用法：onsite devices');
    const { devices } = await ask(devicesSchema, '/admin/devices', {});
    if (devices.length === 0) console.error('还没有登记过的设备');
    for (const device of devices) {
      const { id, owner, username, role, name, enrolledAt } = device;
      const enrolled = `登记于 ${written(enrolledAt)}`;
      console.log([id, owner, username, ROLES[role], name, enrolled, stateOf(device)].join('\t'));
    }
  });
