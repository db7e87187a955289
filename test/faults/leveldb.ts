/**
 * What a LevelDB table file holds, unpacked: its blocks are compressed by Snappy, which can break a
 * text into pieces that no search of the file's own bytes finds.
 */

const FOOTER = 48;
const MAGIC = 0xdb4775248b80fb57n;

/** A varint at a place, and the place behind it. */
const varint = (bytes: Uint8Array, start: number): [value: number, next: number] => {
  let value = 0;
  let factor = 1;
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    value += (byte & 127) * factor;
    if (byte < 128) return [value, at + 1];
    factor *= 128;
  }
  throw new Error('a number is cut short');
};

/** Unpacks Snappy's raw format. @throws when the bytes are no such thing */
export const unsnappy = (packed: Uint8Array): Buffer => {
  const [length, start] = varint(packed, 0);
  const out = Buffer.alloc(length);
  let to = 0;
  let at = start;
  const little = (count: number) => {
    let value = 0;
    for (let i = 0; i < count; i += 1) value += (packed[at + i] ?? 0) * 256 ** i;
    at += count;
    return value;
  };
  while (at < packed.length) {
    const tag = packed[at] ?? 0;
    at += 1;
    if ((tag & 3) === 0) {
      const size = tag >> 2;
      const count = (size < 60 ? size : little(size - 59)) + 1;
      out.set(packed.subarray(at, at + count), to);
      at += count;
      to += count;
      continue;
    }
    const kind = tag & 3;
    const count = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const back = kind === 1 ? (tag >> 5) * 256 + little(1) : little(kind === 2 ? 2 : 4);
    if (back === 0 || back > to) throw new Error('a copy of nothing');
    // Byte by byte: a copy may reach into what it writes.
    for (let i = 0; i < count; i += 1) out[to + i] = out[to + i - back] ?? 0;
    to += count;
  }
  if (to !== length) throw new Error(`${to} bytes instead of ${length}`);
  return out;
};

const blockAt = (file: Buffer, offset: number, size: number): Buffer => {
  const packed = file.subarray(offset, offset + size);
  return file[offset + size] === 1 ? unsnappy(packed) : packed;
};

/** The values of a block's entries: of the index block, where the other blocks lie. */
function* valuesOf(block: Buffer): Generator<Buffer> {
  const restarts = block.readUInt32LE(block.length - 4);
  const end = block.length - 4 - 4 * restarts;
  let at = 0;
  while (at < end) {
    const [, a] = varint(block, at);
    const [unshared, b] = varint(block, a);
    const [length, c] = varint(block, b);
    yield block.subarray(c + unshared, c + unshared + length);
    at = c + unshared + length;
  }
}

/** The unpacked blocks of a table file, one behind the other; null for a file that is none. */
export const unpackedTable = (file: Buffer): Buffer | null => {
  if (file.length < FOOTER || file.readBigUInt64LE(file.length - 8) !== MAGIC) return null;
  const footer = file.subarray(file.length - FOOTER);
  const [, a] = varint(footer, 0);
  const [, b] = varint(footer, a);
  const [offset, c] = varint(footer, b);
  const [size] = varint(footer, c);
  const blocks: Buffer[] = [];
  for (const handle of valuesOf(blockAt(file, offset, size))) {
    const [at, next] = varint(handle, 0);
    const [length] = varint(handle, next);
    // Keys are written as what they differ by from the one before; values lie whole.
    blocks.push(blockAt(file, at, length));
  }
  return Buffer.concat(blocks);
};
