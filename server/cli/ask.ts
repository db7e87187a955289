import type { z } from 'zod';
import { errorSchema } from '../../domain/sync/wire.ts';
import { readConfig } from '../service/config.ts';
import { askService, readServiceFile } from '../service/service-file.ts';

/**
 * Asks the running service, found by the data folder (`ONSITE_DATA`): the embedded database takes one
 * process only.
 *
 * @param patience how long the answer may take, ms
 * @throws Error with a Chinese sentence when no service runs, or it refuses
 */
export async function askRunning<T>(
  path: string,
  request: unknown,
  schema: z.ZodType<T>,
  patience?: number,
): Promise<T> {
  const { data } = readConfig(process.env);
  const file = await readServiceFile(data);
  if (!file) {
    throw new Error(
      `没有找到正在运行的服务（数据目录 ${data}）。请先用 npm start 启动服务；若服务用了别的数据目录，请设置相同的 ONSITE_DATA`,
    );
  }
  const answer = await askService(file, path, request, patience).catch(() => {
    throw new Error(`服务没有应答（${file.url}）。请用 npm start 启动服务后再试`);
  });
  const body: unknown = await answer.json();
  if (!answer.ok) throw new Error(errorSchema.parse(body).message);
  return schema.parse(body);
}

/** Prints why a command could not do its work; the exit code. */
export function fail(code: number, message: string): number {
  console.error(message);
  return code;
}
