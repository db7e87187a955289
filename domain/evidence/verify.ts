/** Whether a sealed PDF is still what was sealed: *intact*, *extended* or *changed*. Needs no network. */
import { hexToBytes } from '@noble/hashes/utils.js';
import type { DocumentId } from '../order/dictionary.ts';
import type { Order } from '../order/order.ts';
import { type Claim, disagreements, readClaim, SEAL_FIELD } from './claim.ts';
import { checkCms, type Sealed } from './cms.ts';

/**
 * `intact`: every byte is as it was sealed, and the order, when one was given, says the same.
 * `extended`: what was sealed is still there, with something added behind it.
 * `changed`: bytes are other than sealed, or the order is other than the file says.
 * `unsealed`: a PDF without a seal of ours.
 */
export type FileState = 'intact' | 'extended' | 'changed' | 'unsealed';

export interface Verdict {
  readonly state: FileState;
  /** Which document it is, when the seal still says so. */
  readonly document?: DocumentId;
  readonly claim?: Claim;
  readonly sealed?: Sealed;
  /** Chinese; why it is not intact, empty when it is. */
  readonly reasons: readonly string[];
}

/** What a seal leaves in a file; with any of it there, a file without a valid seal was changed. */
const TRACES = ['/ByteRange', 'ETSI.CAdES.detached', '/Contents <3082', '/Type /Sig'];
const MAGIC = '%PDF-';

/** One character a byte, so that places in the text are places in the file. */
function binaryText(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 8192) {
    parts.push(String.fromCharCode(...bytes.subarray(i, i + 8192)));
  }
  return parts.join('');
}

/** A signature of the file: what it covers, and what it says. */
interface Candidate {
  readonly signed: readonly [Uint8Array, Uint8Array];
  readonly end: number;
  readonly cms: Uint8Array;
  readonly claim: Claim | null;
}

/** UTF-16 with its mark, in hexadecimal digits, as text. */
const utf16 = (hex: string): string =>
  (hex.match(/.{4}/g) ?? [])
    .slice(1)
    .map((unit) => String.fromCharCode(Number.parseInt(unit, 16)))
    .join('');

const utf16Hex = (text: string): string =>
  [0xfeff, ...Array.from({ length: text.length }, (_, i) => text.charCodeAt(i))]
    .map((unit) => unit.toString(16).toUpperCase().padStart(4, '0'))
    .join('');

/** Every signature whose dictionary agrees with the place it stands at. */
function candidates(bytes: Uint8Array, text: string): Candidate[] {
  const found: Candidate[] = [];
  for (const match of text.matchAll(/\/ByteRange \[(\d+) (\d+) +(\d+) +(\d+) *\]/g)) {
    const [start = 1, gap = 0, after = 0, length = 0] = match.slice(1).map(Number);
    const end = after + length;
    const begin = text.lastIndexOf(' obj', match.index);
    const close = text.indexOf('endobj', after);
    const between = text.slice(gap, after);
    // The gap holds the signature and nothing else, in the very dictionary that names the gap.
    const isWhole =
      start === 0 &&
      match.index < gap &&
      gap < after &&
      end <= bytes.length &&
      close > 0 &&
      !text.slice(begin, gap).includes('endobj') &&
      /^<([0-9A-F]{2})+>$/.test(between);
    if (!isWhole) continue;
    const contents = hexToBytes(between.slice(1, -1).toLowerCase());
    // SEQUENCE with two bytes of length; zeros fill what is left of the room.
    const size = 4 + (contents[2] ?? 0) * 256 + (contents[3] ?? 0);
    if (contents.subarray(size).some((byte) => byte !== 0)) continue;
    const reason = /\/Reason <(FEFF[0-9A-F]*)>/.exec(text.slice(begin, close))?.[1] ?? '';
    found.push({
      signed: [bytes.subarray(0, gap), bytes.subarray(after, end)],
      end,
      cms: contents.subarray(0, size),
      claim: readClaim(utf16(reason)),
    });
  }
  return found.sort((a, b) => a.end - b.end);
}

/**
 * Checks a PDF, and, when its order is given, whether that still says the same.
 *
 * @returns null when the bytes are no PDF at all
 */
export function verifyFile(pdf: Uint8Array, order?: Order): Verdict | null {
  const text = binaryText(pdf);
  const isTraced = TRACES.some((trace) => text.includes(trace));
  if (!text.slice(0, 1024).includes(MAGIC) && !isTraced) return null;

  const signatures = candidates(pdf, text);
  const ours = signatures.filter(({ claim }) => claim !== null);
  for (const { signed, end, cms, claim } of ours) {
    const sealed = checkCms(cms, signed);
    if (!sealed || !claim) continue;
    const { document } = claim;
    const found = { document, claim, sealed };
    const differences = order ? disagreements(claim, order, sealed.key) : [];
    if (differences.length > 0) return { ...found, state: 'changed', reasons: differences };
    const more = pdf.length - end;
    return more > 0
      ? { ...found, state: 'extended', reasons: [extension(more)] }
      : { ...found, state: 'intact', reasons: [] };
  }
  const [claimed] = ours;
  if (claimed?.claim) {
    const { claim } = claimed;
    return { state: 'changed', document: claim.document, claim, reasons: [CHANGED] };
  }
  const isNamed = text.includes(`/T <${utf16Hex(SEAL_FIELD)}>`);
  if (signatures.length > 0 && !isNamed) return { state: 'unsealed', reasons: [FOREIGN] };
  return isTraced
    ? { state: 'changed', reasons: [CHANGED] }
    : { state: 'unsealed', reasons: ['文件没有封存，无法判断是否被改动'] };
}

const CHANGED = '文件的字节与封存时不同：封存之后被改动过';
const FOREIGN = '文件上有数字签名，但不是勘签的封存，请用签署它的软件核验';
const extension = (bytes: number): string =>
  `封存之后追加了 ${bytes} 字节；封存时的内容还在，但显示出来的可能已不是封存时的样子`;
