import { z } from 'zod';
import { isDate } from '../../china/calendar.ts';
import { repeatedKeys } from '../../order/json.ts';
import { TEMPLATE_DOCUMENTS, type TemplateError } from './ast.ts';

/** The manifest's name in a pack. */
export const MANIFEST = 'manifest.json';

/** The files of a pack's texts: `agreement.md` and so on. */
export const TEXT_FILES = TEMPLATE_DOCUMENTS.map((document) => ({
  document,
  file: `${document}.md`,
}));

/** Text of a pattern; whatever else it is, the same is said. */
const text = (pattern: RegExp, says: string) => z.string(says).regex(pattern, says);
const hash = text(/^[0-9a-f]{64}$/, '应为 64 位小写十六进制的 SHA-256');
const manifestSchema = z.strictObject(
  {
    format: z.literal('onsite-templates', '应为 "onsite-templates"'),
    id: text(/^[a-z0-9][a-z0-9-]{0,39}$/, '应为小写字母、数字和短横线，最多 40 个字'),
    version: text(/^\S{1,20}$/, '应为 1 到 20 个字，不含空格，并加引号'),
    title: text(/^\S.{0,39}$/, '应为 1 到 40 个字'),
    effectiveOn: z.string('应为日期，如 2026-01-31').refine(isDate, '应为日期，如 2026-01-31'),
    /** The text is only a specimen: every page says 样本. */
    specimen: z.boolean('应为 true 或 false').optional(),
    /** SHA-256 (hex) of each file. */
    files: z.strictObject(
      Object.fromEntries(TEXT_FILES.map(({ file }) => [file, hash])),
      '应为对象：文件名 → SHA-256',
    ),
  },
  '清单最外层应为 JSON 对象',
);
export type Manifest = z.infer<typeof manifestSchema>;

/**
 * Reads `manifest.json`.
 *
 * @returns the manifest, or everything that is wrong with it, by line
 */
export function parseManifest(
  text: string,
): { manifest: Manifest } | { errors: readonly TemplateError[] } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { errors: [{ line: lineOfSyntaxError(text, error), message: '不是有效的 JSON' }] };
  }
  const repeated = repeatedKeys(text).map((path) => ({
    line: lineOfKey(text, path.split('.').slice(0, 1)),
    message: `“${path}”写了两次`,
  }));
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success && repeated.length === 0) return { manifest: parsed.data };
  const issues = parsed.error?.issues ?? [];
  return { errors: [...repeated, ...issues.flatMap((issue) => errorsOf(text, value, issue))] };
}

function errorsOf(text: string, value: unknown, issue: z.core.$ZodIssue): TemplateError[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      line: lineOfKey(text, [...path, key]),
      message: path.length > 0 ? `不认识的文件“${key}”` : `不认识的项“${key}”`,
    }));
  }
  const line = lineOfKey(text, path);
  const name = path.at(-1);
  if (name === undefined) return [{ line, message: issue.message }];
  const given = path.reduce<unknown>((object, key) => Object(object)[key], value);
  return [{ line, message: given === undefined ? `缺少“${name}”` : `“${name}”${issue.message}` }];
}

/** The line of a key in JSON text, from 1; that of the last key found on the way. */
export function lineOfKey(text: string, path: readonly string[]): number {
  let at = 0;
  for (const key of path) {
    const found = text.indexOf(JSON.stringify(key), at);
    if (found < 0) break;
    at = found;
  }
  return lineAt(text, at);
}

/** Where JSON broke: engines say it in words of their own, and not at all where a token is none. */
function lineOfSyntaxError(text: string, error: unknown): number {
  const position = /position (\d+)/.exec(String(error))?.[1];
  if (position !== undefined) return lineAt(text, Number(position));
  const token = /[\s{}[\]:,]|"(?:[^"\\\n]|\\.)*"|-?[\d.]+(?:[eE][-+]?\d+)?|true|false|null/y;
  let at = 0;
  while (token.test(text)) at = token.lastIndex;
  return lineAt(text, at);
}

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;
