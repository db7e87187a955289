import { type ParseArgsConfig, parseArgs } from 'node:util';
import type { z } from 'zod';
import { errorSchema } from '../../domain/sync/wire.ts';
import { readConfig } from '../service/config.ts';
import { askService, readServiceFile, type ServiceFile } from '../service/service-file.ts';
import type { WhichDevices } from '../store/index.ts';

/** A command's end that is no success: what is said on stderr, and the exit code. */
export class CommandError extends Error {
  /** @param code 2 for wrong arguments, 1 for anything else */
  constructor(
    readonly code: 1 | 2,
    message: string,
  ) {
    super(message);
  }
}

/** Runs a command; its exit code. */
export async function command(work: () => Promise<void>): Promise<number> {
  try {
    await work();
    return 0;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    console.error(error.message);
    return error.code;
  }
}

/** The running service, found by the data folder (`ONSITE_DATA`). */
export async function runningService(): Promise<ServiceFile> {
  const { data } = readConfig(process.env);
  const file = await readServiceFile(data);
  if (file) return file;
  throw new CommandError(
    1,
    `没有找到正在运行的服务（数据目录 ${data}）。请先用 npm start 启动服务；若服务用了别的数据目录，请设置相同的 ONSITE_DATA`,
  );
}

/** What the running service answers. @throws {CommandError} with its reason when it refuses */
export async function answerOf<T>(
  schema: z.ZodType<T>,
  ask: (file: ServiceFile) => Promise<Response>,
): Promise<T> {
  const file = await runningService();
  let answer: Response;
  let body: unknown;
  try {
    answer = await ask(file);
    body = await answer.json();
  } catch {
    throw new CommandError(1, `服务没有应答（${file.url}）。请用 npm start 启动服务后再试`);
  }
  if (answer.ok) return schema.parse(body);
  throw new CommandError(1, errorSchema.parse(body).message);
}

/** @param patience how long the answer may take, ms */
export const ask = <T>(
  schema: z.ZodType<T>,
  path: string,
  request: unknown,
  patience?: number,
): Promise<T> => answerOf(schema, (file) => askService(file, path, request, patience));

/** A command's arguments. @throws {CommandError} with its usage */
export function readArgs<T extends ParseArgsConfig>(config: T, usage: string) {
  try {
    return parseArgs(config);
  } catch {
    throw new CommandError(2, usage);
  }
}

/** Which devices `--device` or `--username` means. @throws {CommandError} unless it is one of them */
export function whichDevices(
  { device, username }: { device?: string | undefined; username?: string | undefined },
  usage: string,
): WhichDevices {
  if (device && !username) return { device };
  if (username?.trim() && !device) return { username };
  throw new CommandError(2, usage);
}

export const WHICH = { device: { type: 'string' }, username: { type: 'string' } } as const;
