import { parseArgs } from 'node:util';
import { ROLES } from '../../domain/accounts/roles.ts';
import { codeAnswerSchema } from '../../domain/accounts/wire.ts';
import { askRunning, fail } from './ask.ts';

const USAGE =
  '用法：onsite enrol --username 用户名，或 onsite enrol --owner 姓名 [--role installer|reviewer|administrator] [--organisation 省公司/分公司/班组]';

/**
 * `onsite enrol`: prints a new one-time enrolment code, alone on its line, for a user; with `--owner`,
 * for the person of this name in an organisation (the trial's by default), made where missing.
 *
 * @returns 0; 2 for wrong arguments; 1 when the service is not running or refuses.
 */
export async function run(args: string[]): Promise<number> {
  const request = readArgs(args);
  if (!request) return fail(2, USAGE);
  try {
    console.log((await askRunning('/admin/codes', request, codeAnswerSchema)).code);
    return 0;
  } catch (error) {
    return fail(1, error instanceof Error ? error.message : String(error));
  }
}

function readArgs(args: string[]) {
  try {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({
      args,
      options: { username: text, owner: text, role: text, organisation: text },
    });
    const { username, owner = '', role = 'installer', organisation } = values;
    if (username !== undefined) return { username };
    if (owner.trim() === '' || !Object.hasOwn(ROLES, role)) return null;
    return { owner, role, ...(organisation && { organisation: organisation.split('/') }) };
  } catch {
    return null;
  }
}
