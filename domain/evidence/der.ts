/** As much of DER (ITU-T X.690) as it takes to read a seal and to write it again. */

export const TAG = { octets: 0x04, sequence: 0x30, set: 0x31, tagged0: 0xa0 } as const;

export interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
  /** The whole element: tag, length and content. */
  readonly bytes: Uint8Array;
}

/** The elements that stand one after the other in `bytes`. @throws when that is not DER */
export function elements(bytes: Uint8Array): Element[] {
  const found: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at + 1] ?? 0;
    const long = first & 0x80 ? first & 0x7f : 0;
    const length = long
      ? bytes.subarray(at + 2, at + 2 + long).reduce((sum, byte) => sum * 256 + byte, 0)
      : first;
    const start = at + 2 + long;
    const end = start + length;
    if (end > bytes.length) throw new Error('DER ends too early');
    found.push({
      tag: bytes[at] ?? 0,
      content: bytes.subarray(start, end),
      bytes: bytes.subarray(at, end),
    });
    at = end;
  }
  return found;
}

/** An element out of its parts. */
export function element(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const size: number[] = [];
  for (let rest = length; length > 0x7f && rest > 0; rest >>>= 8) size.unshift(rest & 0xff);
  const head = [tag, ...(length > 0x7f ? [0x80 | size.length, ...size] : [length])];
  const bytes = new Uint8Array(head.length + length);
  bytes.set(head);
  let at = head.length;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
