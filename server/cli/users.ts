import { z } from 'zod';
import { ROLES } from '../../domain/accounts/roles.ts';
import { usernameSchema } from '../../domain/accounts/wire.ts';
import { ask, CommandError, command, readArgs } from './service.ts';

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
export const run = ([name = '', ...args]: string[]): Promise<number> =>
  command(async () => {
    const text = { type: 'string' } as const;
    const options = { username: text, name: text, role: text, organisation: text };
    const { values } = readArgs({ args, options }, USAGE);
    if (name === 'list') return list();
    const { username } = values;
    const [path, request] =
      name === 'add'
        ? (['/admin/users', newUser(values)] as const)
        : (['/admin/passwords', { username }] as const);
    if (!username || !['add', 'password'].includes(name)) throw new CommandError(2, USAGE);
    console.log((await ask(passwordSchema, path, request)).password);
  });

async function list(): Promise<void> {
  const { users } = await ask(peopleSchema, '/admin/people', {});
  for (const user of users) {
    const left = user.active ? [] : ['已停用'];
    console.log([user.username, user.name, user.role, user.organisation, ...left].join('\t'));
  }
}

function newUser(values: Readonly<Record<string, string | undefined>>) {
  const { username, name, role, organisation } = values;
  if (!username || !name || !role || !organisation) throw new CommandError(2, USAGE);
  if (!usernameSchema.safeParse(username).success) {
    throw new CommandError(2, '用户名应为 3 至 30 位小写字母、数字、点或横线');
  }
  if (!Object.hasOwn(ROLES, role)) throw new CommandError(2, USAGE);
  return { username, name, role, organisation: organisation.split('/') };
}
