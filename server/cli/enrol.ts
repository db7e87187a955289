import { z } from 'zod';
import { DEVICE_ROLES } from '../../domain/sync/wire.ts';
import { ask, CommandError, command, readArgs } from './service.ts';

const USAGE = '用法：onsite enrol --owner 姓名 [--role installer|office]';

/** What `POST /admin/codes` answers. */
const codeAnswerSchema = z.object({ code: z.string() });

/**
 * `onsite enrol`: prints a new one-time enrolment code, alone on its line. It asks the running
 * service, since the embedded database takes one process.
 *
 * @returns 0; 2 for wrong arguments; 1 when the service is not running or refuses.
 */
export const run = (args: string[]): Promise<number> =>
  command(async () => {
    const options = {
      owner: { type: 'string', default: '' },
      role: { type: 'string', default: 'installer' },
    } as const;
    const { owner, role } = readArgs({ args, options }, USAGE).values;
    if (owner.trim() === '' || !(role in DEVICE_ROLES)) throw new CommandError(2, USAGE);
    console.log((await ask(codeAnswerSchema, '/admin/codes', { owner, role })).code);
  });
