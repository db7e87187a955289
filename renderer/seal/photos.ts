/** The photos of both parties' seals (公章), as attachments of the order. */
import type { Seals } from '../../domain/documents/blanks.ts';
import type { Picture } from '../../domain/documents/model.ts';
import type { Party } from '../../domain/documents/template/ast.ts';
import type { Attachment } from '../../domain/sync/assemble.ts';
import type { AttachmentPurpose, Edit } from '../../domain/sync/record.ts';
import { sha256Hex, type Written } from '../documents/sign-record.ts';

export const SEAL_PURPOSES = {
  customer: 'customerSeal',
  carrier: 'carrierSeal',
} as const satisfies Record<Party, AttachmentPurpose>;

/** The longest side of a kept photo, in pixels: 42 mm at 300 dpi. */
const LONGEST = 500;
/** Lighter than this all around (0–255) is paper beside the seal and is cut off. */
const PAPER = 200;
/** What stays around the seal, as a part of its longer side. */
const MARGIN = 0.04;
const LARGEST_FILE = 20 * 1024 * 1024;

/** So many of a hundred pixels of a photo of a seal are darker than its paper. */
const PAPER_SHARE = 0.6;

/** Makes paper white and lets what is printed on it keep its colour, as a scanner does; in place. */
export function whiten(data: Uint8ClampedArray): void {
  const paper = [0, 1, 2].map((channel) => {
    const values = Uint8Array.from(
      { length: data.length / 4 },
      (_, i) => data[4 * i + channel] ?? 0,
    );
    return values.sort()[Math.floor(values.length * PAPER_SHARE)] || 255;
  });
  for (let i = 0; i < data.length; i++) {
    if (i % 4 < 3) data[i] = ((data[i] ?? 0) * 255) / (0.94 * (paper[i % 4] ?? 255));
  }
}

/** The part of a picture where something is printed; all of it when nothing stands out. */
export function inkBox({ data, width, height }: Pick<ImageData, 'data' | 'width' | 'height'>): {
  x: number;
  y: number;
  width: number;
  height: number;
} {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4;
      // A seal is red: paper and shadow are light in blue and green too.
      if (Math.min(data[at + 1] ?? 0, data[at + 2] ?? 0) >= PAPER || data[at + 3] === 0) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  if (right < left) return { x: 0, y: 0, width, height };
  const margin = Math.ceil(MARGIN * Math.max(right - left, bottom - top));
  const x = Math.max(0, left - margin);
  const y = Math.max(0, top - margin);
  return {
    x,
    y,
    width: Math.min(width, right + margin + 1) - x,
    height: Math.min(height, bottom + margin + 1) - y,
  };
}

const canvasOf = (width: number, height: number) => {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d');
  if (!context) throw new Error('照片无法处理，请重启后再试。');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  return { canvas, context };
};

/**
 * A chosen or taken photo as it is kept: cut to the seal, its paper
 * white, 500 pixels at most, JPEG.
 *
 * @throws with a Chinese message when it is no picture, or too large
 */
export async function sealPhoto(file: Blob): Promise<Uint8Array> {
  if (file.size > LARGEST_FILE) throw new Error('照片超过 20 MB，请换一张小一些的。');
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new Error('这个文件不是能读的照片，请选择 JPEG 或 PNG。');
  });
  const scale = Math.min(1, (2 * LONGEST) / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.ceil(side * scale));
  const whole = canvasOf(width ?? 1, height ?? 1);
  whole.context.drawImage(bitmap, 0, 0, whole.canvas.width, whole.canvas.height);
  bitmap.close();
  const { canvas } = whole;
  const pixels = whole.context.getImageData(0, 0, canvas.width, canvas.height);
  whiten(pixels.data);
  whole.context.putImageData(pixels, 0, 0);
  const box = inkBox(pixels);
  const share = Math.min(1, LONGEST / Math.max(box.width, box.height));
  const cut = canvasOf(Math.ceil(box.width * share), Math.ceil(box.height * share));
  const { width: w, height: h } = cut.canvas;
  cut.context.drawImage(canvas, box.x, box.y, box.width, box.height, 0, 0, w, h);
  const made = await new Promise<Blob | null>((resolve) =>
    cut.canvas.toBlob(resolve, 'image/jpeg', 0.85),
  );
  if (!made) throw new Error('照片无法处理，请重启后再试。');
  return new Uint8Array(await made.arrayBuffer());
}

/** Photos that were read, by SHA-256: one just placed is shown while it is still being saved. */
const read = new Map<string, Picture>();

/** A kept photo as documents draw it. */
export async function pictureOf(bytes: Uint8Array): Promise<Picture> {
  const blob = new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' });
  const bitmap = await createImageBitmap(blob);
  const { width, height } = bitmap;
  bitmap.close();
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  const picture = { url: `data:image/jpeg;base64,${btoa(binary)}`, width, height };
  read.set(sha256Hex(bytes), picture);
  return picture;
}

export const sealAttachment = (
  attachments: readonly Attachment[],
  party: Party,
): Attachment | undefined => attachments.find(({ purpose }) => purpose === SEAL_PURPOSES[party]);

/** The seals' photos that lie on this device. */
export async function readSeals(
  attachments: readonly Attachment[],
  bytesOf: (sha256: string) => Promise<Uint8Array | null>,
): Promise<Seals> {
  const found = await Promise.all(
    (['customer', 'carrier'] as const).map(async (party) => {
      const attachment = sealAttachment(attachments, party);
      const known = attachment && read.get(attachment.sha256);
      if (known) return [[party, known] as const];
      const bytes = attachment && (await bytesOf(attachment.sha256));
      return bytes ? [[party, await pictureOf(bytes)] as const] : [];
    }),
  );
  return Object.fromEntries(found.flat());
}

/** The photo of a party's seal in place of the one before; null takes it away. */
export function writeSeal(
  order: string,
  attachments: readonly Attachment[],
  party: Party,
  bytes: Uint8Array | null,
  newId: () => string,
): Written {
  const known = sealAttachment(attachments, party);
  if (bytes === null) {
    const field = 'attachment.deleted';
    return {
      edits: known ? [{ order, record: known.id, field, value: true }] : [],
      attachments: [],
    };
  }
  const sha256 = sha256Hex(bytes);
  const record = known?.id ?? newId();
  const edits = Object.entries({
    order,
    purpose: SEAL_PURPOSES[party],
    document: 'agreement',
    name: `${party === 'customer' ? '甲方' : '乙方'}公章.jpg`,
    type: 'image/jpeg',
    size: bytes.length,
    sha256,
  }).map(([key, value]): Edit => ({ order, record, field: `attachment.${key}`, value }));
  return { edits, attachments: [{ order, sha256, bytes }] };
}
