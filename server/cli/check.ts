import { readFile } from 'node:fs/promises';
import { check } from '../../domain/order/check.ts';
import { parseOrderFile } from '../../domain/order/file.ts';
import type { Order, Problem } from '../../domain/order/order.ts';
import { reference } from './reference.ts';

const USAGE = '用法：onsite check ORDER.json [--json]';

const line = (problem: Problem) =>
  `${problem.severity === 'error' ? '错误' : '提醒'}  ${problem.message}  [${problem.code}] ${problem.field}`;

/** Checks an order file: 0 without errors, 1 with errors, 2 when the file or the call is bad. */
export async function run(args: string[]): Promise<number> {
  const paths = args.filter((arg) => arg !== '--json');
  const [path] = paths;
  if (path === undefined || paths.length > 1 || path.startsWith('-')) return refuse(USAGE);
  const order = await readOrder(path);
  if (typeof order === 'string') return refuse(order);

  const problems = check(order, reference);
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  if (args.includes('--json')) {
    const shown = problems.map(({ code, severity, field, message }) => ({
      code,
      severity,
      field,
      message,
    }));
    console.log(JSON.stringify({ problems: shown }));
  } else {
    for (const problem of problems) console.log(line(problem));
    console.log(
      problems.length === 0
        ? '没有问题。'
        : `共 ${errors} 个错误、${problems.length - errors} 个提醒。`,
    );
  }
  return errors > 0 ? 1 : 0;
}

/** One line for people on stderr, whatever the file's own names hold, and the exit code of a bad file or call. */
export function refuse(message: string): 2 {
  console.error(message.replace(/\p{Cc}+/gu, ' '));
  return 2;
}

/** Errors named in the one line that a bad file gets. */
const NAMED = 5;

/** An order out of a file, or one line that says why not, in Chinese. */
export async function readOrder(path: string): Promise<Order | string> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return `${path}：${missing ? '文件不存在' : '无法读取'}，请检查路径`;
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return `${path}：不是 UTF-8 编码的文件，请另存为 UTF-8`;
  }
  const parsed = parseOrderFile(text);
  if ('order' in parsed) return parsed.order;
  const named = parsed.errors
    .slice(0, NAMED)
    .map(({ field, message }) => (field ? `${field} ${message}` : message));
  const more = parsed.errors.length > NAMED ? `；另有 ${parsed.errors.length - NAMED} 处` : '';
  return `${path}：${named.join('；')}${more}`;
}
