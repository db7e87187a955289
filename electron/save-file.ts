import { join } from 'node:path';
import { writeAtomically } from './atomic-write.ts';

/** Asks where to save; null when the person cancelled. */
export type AskWhere = (suggestion: string) => Promise<string | null>;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed.
const FORBIDDEN = /[\u0000-\u001f\u007f<>:"/\\|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * A file name that every system takes and that cannot leave the chosen folder. The page's names
 * carry the customer's name, so anything can be in them. Rules of Windows, the strictest:
 * <https://learn.microsoft.com/windows/win32/fileio/naming-a-file>
 */
export const safeFileName = (name: string): string => {
  const clean = name
    .replace(FORBIDDEN, '_')
    .replace(/^[\s.]+|[\s.]+$/gu, '')
    .slice(0, 120);
  if (clean === '') return '未命名';
  return RESERVED.test(clean) ? `_${clean}` : clean;
};

/**
 * Saves a file of the page where the person wants it, whole or not at all.
 *
 * @param folder where the dialog starts
 * @returns the path written, null when cancelled
 */
export const saveFile = async (
  name: string,
  bytes: Uint8Array,
  folder: string,
  ask: AskWhere,
): Promise<string | null> => {
  const path = await ask(join(folder, safeFileName(name)));
  if (path === null) return null;
  try {
    await writeAtomically(path, bytes);
  } catch (error) {
    throw new Error(`没能保存到 ${path}：${reasonOf(error)}`);
  }
  return path;
};

const REASONS: Readonly<Record<string, string>> = {
  EACCES: '没有写入权限，请换一个文件夹',
  EPERM: '没有写入权限，请换一个文件夹',
  ENOSPC: '磁盘已满，请清理后再试',
  EROFS: '这个磁盘是只读的，请换一个文件夹',
  ENOENT: '文件夹不存在，请换一个文件夹',
  EBUSY: '文件正被别的程序使用，请关闭后再试',
};

/** The system's name for what went wrong, such as `ENOSPC`; empty for other errors. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

/** Why the system refused, in words that say what to do. */
export const reasonOf = (error: unknown): string => {
  return REASONS[codeOf(error)] ?? (error instanceof Error ? error.message : String(error));
};
