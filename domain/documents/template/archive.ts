import { Unzip, UnzipInflate } from 'fflate';
import { MANIFEST } from './manifest.ts';
import type { PackError } from './pack.ts';

/** A pack is a manifest and a few texts; more is none, or an attack. In files and bytes. */
export const PACK_LIMITS = { files: 40, bytes: 1_000_000 } as const;

/** Bytes fed to the decompressor at once; each can become a thousand. */
const STEP = 4096;

type Files = ReadonlyMap<string, Uint8Array>;
type Found = { files: Files } | { errors: readonly PackError[] };

const refused = (file: string, message: string) => ({ errors: [{ file, line: 1, message }] });

/** What systems put beside a person's files. */
const isClutter = (path: string): boolean =>
  /(^|\/)(\.[^/.][^/]*|__MACOSX|Thumbs\.db|desktop\.ini)(\/|$)/i.test(path);

const isUnsafe = (path: string): boolean =>
  /[\\:\p{Cc}]/u.test(path) || path.split('/').some((part) => /^\.*$/.test(part));

/**
 * The files of a pack by name, out of a folder's files by path. The manifest may stand in a folder
 * of the folder, as when a folder was put into a zip; then the others stand beside it.
 */
export function packFiles(entries: Iterable<readonly [path: string, bytes: Uint8Array]>): Found {
  const files = new Map<string, Uint8Array>();
  for (const [path, bytes] of entries) {
    if (isUnsafe(path)) return refused(path, '文件名不安全，请重新打包，只放模板文件');
    if (isClutter(path)) continue;
    if (files.has(path)) return refused(path, '同名文件出现了两次，请重新打包');
    files.set(path, bytes);
  }
  const manifests = [...files.keys()].filter((path) => /^([^/]+\/)?manifest\.json$/.test(path));
  const [manifest] = manifests;
  if (manifest === undefined) return refused(MANIFEST, '缺少清单 manifest.json');
  if (manifests.length > 1) return refused(MANIFEST, '有不止一个清单，请一次只导入一个模板包');
  const folder = manifest.slice(0, -MANIFEST.length);
  const outside = [...files.keys()].find((path) => !path.startsWith(folder));
  if (outside !== undefined) return refused(outside, '不在清单所在的文件夹里，请去掉');
  return { files: new Map([...files].map(([path, bytes]) => [path.slice(folder.length), bytes])) };
}

/**
 * The files of a zipped pack by name. What the zip says of its sizes is not believed: unpacking
 * stops at the limit.
 */
export function unzipPack(zip: Uint8Array): Found {
  const tooLarge = refused('', `模板包太大：最多 ${PACK_LIMITS.files} 个文件，共 1 MB`);
  if (zip.length > PACK_LIMITS.bytes) return tooLarge;
  const entries: [string, Uint8Array[]][] = [];
  const finished = new Set<Uint8Array[]>();
  let size = 0;
  const unzip = new Unzip((file) => {
    if (file.name.endsWith('/')) return;
    const chunks: Uint8Array[] = [];
    entries.push([file.name, chunks]);
    file.ondata = (error, chunk, last) => {
      if (error) throw error;
      size += chunk.length;
      chunks.push(chunk);
      if (last) finished.add(chunks);
    };
    file.start();
  });
  unzip.register(UnzipInflate);
  try {
    for (let at = 0; at < zip.length; at += STEP) {
      unzip.push(zip.subarray(at, at + STEP), at + STEP >= zip.length);
      if (size > PACK_LIMITS.bytes || entries.length > PACK_LIMITS.files) return tooLarge;
    }
  } catch {
    return refused('', '无法解压，请确认是没有加密的 zip 文件');
  }
  if (entries.length === 0) return refused('', '不是 zip 文件，或里面没有文件');
  const broken = entries.find(([, chunks]) => !finished.has(chunks));
  if (broken) return refused(broken[0], '没有完整解压，请重新打包');
  return packFiles(entries.map(([path, chunks]) => [path, joined(chunks)]));
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
