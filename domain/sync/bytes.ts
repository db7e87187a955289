/** Bytes that come in pieces, taken in the lengths that are wanted. */
import { concatBytes } from '@noble/hashes/utils.js';

export interface ByteSource {
  /** The next `length` bytes; fewer only at the end. */
  take(length: number): Promise<Uint8Array>;
  /** Says that no more is wanted. */
  close(): Promise<void>;
}

export const byteSource = (pieces: AsyncIterable<Uint8Array>): ByteSource => {
  const iterator = pieces[Symbol.asyncIterator]();
  let held: Uint8Array = new Uint8Array();
  return {
    take: async (length) => {
      const parts = [held];
      let size = held.length;
      while (size < length) {
        const { done, value } = await iterator.next();
        if (done) break;
        parts.push(value);
        size += value.length;
      }
      const all = parts.length === 1 ? held : concatBytes(...parts);
      held = all.subarray(length);
      return all.subarray(0, length);
    },
    close: async () => {
      await iterator.return?.();
    },
  };
};
