import { parseArgs } from 'node:util';
import { z } from 'zod';
import { ROLES } from '../../domain/accounts/roles.ts';
import { usernameSchema } from '../../domain/accounts/wire.ts';
import { askRunning, fail } from './ask.ts';

const USAGE = [
  '用法：onsite users list',
  'onsite users add --username 用户名 --name 姓名 --role installer|reviewer|administrator --organisation 省公司/分公司/班组',
  'onsite users password --username 用户名',
].join('\n');

const passwordSchema = z.object({ password: z.string() });
const peopleSchema = z.object({
  users: z.array(
    z.object({
      username: z.string(),
      name: z.string(),
      role: z.string(),
      organisation: z.string(),
      active: z.boolean(),
    }),
  ),
});

/**
 * `onsite users`: the first administrator, and whoever forgot a password, when nobody can sign in to
 * do it on the screen. `add` and `password` print the new password, alone on its line.
 *
 * @returns 0; 2 for wrong arguments; 1 when the service is not running or refuses.
 */
export async function run([command, ...args]: string[]): Promise<number> {
  try {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({
      args,
      options: { username: text, name: text, role: text, organisation: text },
    });
    const { username, name, role, organisation } = values;
    if (command === 'list') {
      const { users } = await askRunning('/admin/people', {}, peopleSchema);
      for (const user of users) {
        const left = user.active ? [] : ['已停用'];
        console.log([user.username, user.name, user.role, user.organisation, ...left].join('\t'));
      }
      return 0;
    }
    if (command === 'add' && username && name && role && organisation) {
      if (!usernameSchema.safeParse(username).success) {
        return fail(2, '用户名应为 3 至 30 位小写字母、数字、点或横线');
      }
      if (!Object.hasOwn(ROLES, role)) return fail(2, USAGE);
      const request = { username, name, role, organisation: organisation.split('/') };
      console.log((await askRunning('/admin/users', request, passwordSchema)).password);
      return 0;
    }
    if (command === 'password' && username) {
      console.log((await askRunning('/admin/passwords', { username }, passwordSchema)).password);
      return 0;
    }
    return fail(2, USAGE);
  } catch (error) {
    if (error instanceof TypeError) return fail(2, USAGE);
    return fail(1, error instanceof Error ? error.message : String(error));
  }
}
