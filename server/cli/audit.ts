import { z } from 'zod';
import { ask, CommandError, command } from './service.ts';

const reportSchema = z.object({
  entries: z.int(),
  changes: z.int(),
  heads: z.array(z.object({ organisation: z.string(), number: z.int(), hash: z.string() })),
  broken: z
    .object({ organisation: z.string().nullable(), number: z.int(), reason: z.string() })
    .nullable(),
});

/** How long the check of a large trail may take, ms. */
const PATIENCE = 3_600_000;

/**
 * `onsite audit verify`: checks the whole audit trail and prints the end of each organisation's chain
 * (whoever keeps that elsewhere can tell later that nothing was cut off).
 *
 * @returns 0; 1 with the first broken entry, or when the service is not running; 2 for wrong arguments.
 */
export const run = (args: string[]): Promise<number> =>
  command(async () => {
    if (args.length !== 1 || args[0] !== 'verify') {
      throw new CommandError(2, '用法：onsite audit verify');
    }
    const report = await ask(reportSchema, '/admin/audit', {}, PATIENCE);
    for (const { organisation, number, hash } of report.heads) {
      console.log(`${organisation}\t${number}\t${hash}`);
    }
    if (report.broken) {
      const { organisation, number, reason } = report.broken;
      const place = organisation ? `机构 ${organisation} 第 ${number} 条` : `变更 ${number}`;
      throw new CommandError(1, `审计记录不完整，第一处在${place}：${reason}`);
    }
    console.log(`审计记录完整：${report.entries} 条，覆盖 ${report.changes} 处变更`);
  });
