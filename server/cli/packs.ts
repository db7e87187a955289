import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipPack } from '../../domain/documents/template/archive.ts';
import type { TemplatePack } from '../../domain/documents/template/ast.ts';
import {
  type FoundFiles,
  PACK_LIMITS,
  packFiles,
  TOO_LARGE,
} from '../../domain/documents/template/files.ts';
import { checkPack } from '../../domain/documents/template/pack.ts';
import { reference } from './reference.ts';

/** The shipped pack, in our own words. */
const SPECIMEN = fileURLToPath(new URL('../../assets/templates/specimen', import.meta.url));

/**
 * A template pack out of a folder or a zip; the shipped one without a path.
 *
 * @returns the pack, or what is wrong with it, one line each, in Chinese
 */
export async function readPack(path = SPECIMEN): Promise<TemplatePack | readonly string[]> {
  let found: FoundFiles;
  try {
    found = await filesAt(path);
  } catch {
    return [`${path}：无法读取模板包，请检查路径`];
  }
  const checked = 'files' in found ? checkPack(found.files, reference.canPrint) : found;
  if ('pack' in checked) return checked.pack;
  return checked.errors.map(({ file, line, message }) => `${join(path, file)}:${line}：${message}`);
}

async function filesAt(path: string): Promise<FoundFiles> {
  if ((await stat(path)).isFile()) return unzipPack(await readFile(path));
  const entries: [string, Uint8Array][] = [];
  let size = 0;
  for (const entry of await readdir(path, { withFileTypes: true })) {
    // A folder cannot be part of a pack; without bytes it is told like any file too many.
    const bytes = entry.isDirectory() ? new Uint8Array() : await readFile(join(path, entry.name));
    size += bytes.length;
    if (size > PACK_LIMITS.bytes || entries.length === PACK_LIMITS.files) {
      return TOO_LARGE;
    }
    entries.push([entry.name, bytes]);
  }
  return packFiles(entries);
}
