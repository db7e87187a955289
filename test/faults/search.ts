/** Searches a folder's bytes for texts, in both encodings that Chromium writes, whole and in pieces. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { unpackedTable } from './leveldb.ts';

/** Characters of a piece: short enough to survive being cut, long enough to be nobody else's. */
const PIECE = { han: 3, other: 8 } as const;
/** Different characters that a piece must have: runs of zeros are everywhere. */
const VARIETY = { han: 3, other: 5 } as const;

/** A text and the pieces of it that say as much as it does. */
export const piecesOf = (text: string): string[] => {
  const kind = /\p{Script=Han}/u.test(text) ? 'han' : 'other';
  const length = PIECE[kind];
  const pieces = Array.from({ length: Math.max(0, text.length - length + 1) }, (_, at) =>
    text.slice(at, at + length),
  );
  const telling = pieces.filter(
    (piece) =>
      new Set(piece).size >= VARIETY[kind] &&
      (kind === 'other' || /^\p{Script=Han}+$/u.test(piece)),
  );
  return [text, ...telling];
};

export interface Needle {
  readonly name: string;
  readonly bytes: Buffer;
}

/** The needles of texts, as UTF-8 and UTF-16LE. */
export const needlesOf = (texts: Iterable<string>): Needle[] =>
  [...new Set(texts)].flatMap((text) => [
    { name: `${text} (UTF-8)`, bytes: Buffer.from(text, 'utf8') },
    { name: `${text} (UTF-16LE)`, bytes: Buffer.from(text, 'utf16le') },
  ]);

/** Finds needles of at least four bytes in one pass. */
const finder = (needles: readonly Needle[]) => {
  const starts = new Uint8Array(65_536);
  const byHead = new Map<number, Needle[]>();
  for (const needle of needles) {
    const head = needle.bytes.readUInt32LE(0);
    starts[head & 0xffff] = 1;
    byHead.set(head, [...(byHead.get(head) ?? []), needle]);
  }
  return (bytes: Buffer): Set<string> => {
    const found = new Set<string>();
    for (let at = 0; at + 4 <= bytes.length; at += 1) {
      if (starts[(bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)] === 0) continue;
      for (const { name, bytes: sought } of byHead.get(bytes.readUInt32LE(at)) ?? []) {
        if (bytes.subarray(at, at + sought.length).equals(sought)) found.add(name);
      }
    }
    return found;
  };
};

export const filesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));

/** Where needles lie: `file: needle`, the tables of LevelDB unpacked too. */
export const searchFolder = (folder: string, needles: readonly Needle[]): string[] => {
  const find = finder(needles);
  return filesIn(folder).flatMap((path) => {
    const bytes = readFileSync(path);
    const table = path.endsWith('.ldb') ? unpackedTable(bytes) : null;
    const found = new Set([...find(bytes), ...(table ? find(table) : [])]);
    return [...found].map((needle) => `${relative(folder, path)}: ${needle}`);
  });
};
