import { Unzip, UnzipInflate } from 'fflate';
import { type FoundFiles, PACK_LIMITS, packFiles, refused, TOO_LARGE } from './files.ts';

/** Bytes fed to the decompressor at once; each can become a thousand. */
const STEP = 4096;

/**
 * The files of a zipped pack by name. What the zip says of its sizes is not believed: unpacking
 * stops at the limit.
 */
export function unzipPack(zip: Uint8Array): FoundFiles {
  if (zip.length > PACK_LIMITS.bytes) return TOO_LARGE;
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
      if (size > PACK_LIMITS.bytes || entries.length > PACK_LIMITS.files) return TOO_LARGE;
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
