import { MANIFEST } from './manifest.ts';
import type { PackError } from './pack.ts';

/** A pack is a manifest and a few texts; more is none, or an attack. In files and bytes. */
export const PACK_LIMITS = { files: 40, bytes: 1_000_000 } as const;

interface Refused {
  readonly errors: readonly PackError[];
}
/** The files of a pack by name, or why there are none. */
export type FoundFiles = { readonly files: ReadonlyMap<string, Uint8Array> } | Refused;

/** The pack is refused for a file of it, or as a whole. */
export const refused = (file: string, message: string): Refused => ({
  errors: [{ file, line: 1, message }],
});

/** The answer to more than the limits. */
export const TOO_LARGE = refused(
  '',
  `模板包太大：最多 ${PACK_LIMITS.files} 个文件，共 ${PACK_LIMITS.bytes / 1_000_000} MB。请只放模板文件`,
);

/** What systems put beside a person's files. */
const isClutter = (path: string): boolean =>
  /(^|\/)(\.[^/.][^/]*|__MACOSX|Thumbs\.db|desktop\.ini)(\/|$)/i.test(path);

const isUnsafe = (path: string): boolean =>
  /[\\:\p{Cc}]/u.test(path) || path.split('/').some((part) => /^\.*$/.test(part));

/**
 * The files of a pack by name, out of a folder's files by path. The manifest may stand in a folder
 * of the folder, as when a folder was put into a zip; then the others stand beside it.
 */
export function packFiles(
  entries: Iterable<readonly [path: string, bytes: Uint8Array]>,
): FoundFiles {
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
