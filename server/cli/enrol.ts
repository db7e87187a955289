import { parseArgs } from 'node:util';
import { z } from 'zod';
import { DEVICE_ROLES, errorSchema } from '../../domain/sync/wire.ts';
import { readConfig } from '../service/config.ts';
import { askService, readServiceFile } from '../service/service-file.ts';

const USAGE = '用法：onsite enrol --owner 姓名 [--role installer|office]';

/** What `POST /admin/codes` answers. */
const codeAnswerSchema = z.object({ code: z.string() });

/**
 * `onsite enrol`: prints a new one-time enrolment code, alone on its line. It asks the running
 * service, found by the data folder (`ONSITE_DATA`), since the embedded database takes one process.
 *
 * @returns 0; 2 for wrong arguments; 1 when the service is not running or refuses.
 */
export async function run(args: string[]): Promise<number> {
  const request = readArgs(args);
  if (!request) return fail(2, USAGE);
  const { data } = readConfig(process.env);
  const file = await readServiceFile(data);
  if (!file) {
    return fail(
      1,
      `没有找到正在运行的服务（数据目录 ${data}）。请先用 npm start 启动服务；若服务用了别的数据目录，请设置相同的 ONSITE_DATA`,
    );
  }
  try {
    const answer = await askService(file, '/admin/codes', request);
    const body: unknown = await answer.json();
    if (!answer.ok) return fail(1, errorSchema.parse(body).message);
    console.log(codeAnswerSchema.parse(body).code);
    return 0;
  } catch {
    return fail(1, `服务没有应答（${file.url}）。请用 npm start 启动服务后再试`);
  }
}

function readArgs(args: string[]): { owner: string; role: string } | null {
  try {
    const { values } = parseArgs({
      args,
      options: { owner: { type: 'string' }, role: { type: 'string', default: 'installer' } },
    });
    const { owner = '', role } = values;
    return owner.trim() !== '' && role in DEVICE_ROLES ? { owner, role } : null;
  } catch {
    return null;
  }
}

function fail(code: number, message: string): number {
  console.error(message);
  return code;
}
