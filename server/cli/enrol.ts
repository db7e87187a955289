import { ROLES } from '../../domain/accounts/roles.ts';
import { codeAnswerSchema } from '../../domain/accounts/wire.ts';
import { ask, CommandError, command, readArgs } from './service.ts';

const USAGE =
  '用法：onsite enrol --username 用户名，或 onsite enrol --owner 姓名 [--role installer|reviewer|administrator] [--organisation 省公司/分公司/班组]';

/**
 * `onsite enrol`: prints a new one-time enrolment code, alone on its line, for a user; with `--owner`,
 * for the person of this name in an organisation (the trial's by default), made where missing.
 *
 * @returns 0; 2 for wrong arguments; 1 when the service is not running or refuses.
 */
export const run = (args: string[]): Promise<number> =>
  command(async () => {
    const text = { type: 'string' } as const;
    const options = { username: text, owner: text, role: text, organisation: text };
    const { values } = readArgs({ args, options }, USAGE);
    console.log((await ask(codeAnswerSchema, '/admin/codes', requestOf(values))).code);
  });

function requestOf(values: Readonly<Record<string, string | undefined>>) {
  const { username, owner = '', role = 'installer', organisation } = values;
  if (username !== undefined) return { username };
  if (owner.trim() === '' || !Object.hasOwn(ROLES, role)) throw new CommandError(2, USAGE);
  return { owner, role, ...(organisation && { organisation: organisation.split('/') }) };
}
