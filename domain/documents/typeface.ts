/** What the layout and the writer need to know of a TrueType file. Lengths are in thousandths of an em. */
export interface Typeface {
  readonly bytes: Uint8Array;
  /** Code point → glyph id; code points without a glyph are absent. */
  readonly glyphs: ReadonlyMap<number, number>;
  /** How far the pen moves after a glyph. */
  advance(glyph: number): number;
  readonly ascent: number;
  readonly descent: number;
  /** xMin, yMin, xMax, yMax over all glyphs. */
  readonly box: readonly [number, number, number, number];
}

/**
 * Reads a TrueType file (ISO/IEC 14496-22: `cmap` formats 4 and 12, `head`, `hhea`, `hmtx`).
 * Throws when a table is missing: the fonts are ours, so that is a broken build.
 */
export function readTypeface(bytes: Uint8Array): Typeface {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const table = (tag: string): number => {
    for (let i = 0; i < view.getUint16(4); i++) {
      const entry = 12 + 16 * i;
      if (String.fromCharCode(...bytes.subarray(entry, entry + 4)) === tag) {
        return view.getUint32(entry + 8);
      }
    }
    throw new Error(`font has no ${tag} table`);
  };
  const head = table('head');
  const hhea = table('hhea');
  const hmtx = table('hmtx');
  const lastAdvance = view.getUint16(hhea + 34) - 1;
  const scale = 1000 / view.getUint16(head + 18);
  const scaled = (offset: number) => Math.round(view.getInt16(offset) * scale);
  return {
    bytes,
    glyphs: readCharacterMap(view, table('cmap')),
    advance: (glyph) => view.getUint16(hmtx + 4 * Math.min(glyph, lastAdvance)) * scale,
    ascent: scaled(hhea + 4),
    descent: scaled(hhea + 6),
    box: [scaled(head + 36), scaled(head + 38), scaled(head + 40), scaled(head + 42)],
  };
}

/** A TrueType file without one of its tables; checksums of the others stay as they were. */
export function withoutTable(bytes: Uint8Array, tag: string): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tables = Array.from({ length: view.getUint16(4) }, (_, index) => {
    const record = bytes.subarray(12 + 16 * index, 28 + 16 * index);
    const at = view.getUint32(12 + 16 * index + 8);
    const length = view.getUint32(12 + 16 * index + 12);
    return { record, data: bytes.subarray(at, at + length) };
  }).filter(({ record }) => String.fromCharCode(...record.subarray(0, 4)) !== tag);
  const aligned = (length: number) => (length + 3) & ~3;
  const start = 12 + 16 * tables.length;
  const size = tables.reduce((sum, { data }) => sum + aligned(data.length), start);
  const kept = new Uint8Array(size);
  const out = new DataView(kept.buffer);
  kept.set(bytes.subarray(0, 4));
  const power = Math.floor(Math.log2(tables.length));
  [tables.length, 16 << power, power, 16 * tables.length - (16 << power)].forEach(
    (value, index) => {
      out.setUint16(4 + 2 * index, value);
    },
  );
  let at = start;
  tables.forEach(({ record, data }, index) => {
    kept.set(record, 12 + 16 * index);
    out.setUint32(12 + 16 * index + 8, at);
    kept.set(data, at);
    at += aligned(data.length);
  });
  return kept;
}

function readCharacterMap(view: DataView, cmap: number): Map<number, number> {
  const glyphs = new Map<number, number>();
  const add = (codePoint: number, glyph: number) => {
    if (glyph !== 0 && codePoint < 0x110000) glyphs.set(codePoint, glyph);
  };
  for (let i = 0; i < view.getUint16(cmap + 2); i++) {
    const entry = cmap + 4 + 8 * i;
    const platform = view.getUint16(entry);
    if (platform !== 0 && platform !== 3) continue;
    const at = cmap + view.getUint32(entry + 4);
    const format = view.getUint16(at);
    if (format === 12) {
      for (let group = 0; group < view.getUint32(at + 12); group++) {
        const start = at + 16 + 12 * group;
        const first = view.getUint32(start);
        const last = view.getUint32(start + 4);
        const glyph = view.getUint32(start + 8);
        for (let c = first; c <= last; c++) add(c, glyph + c - first);
      }
    } else if (format === 4) {
      const size = view.getUint16(at + 6);
      for (let s = 0; s < size; s += 2) {
        const last = view.getUint16(at + 14 + s);
        const first = view.getUint16(at + 16 + size + s);
        const delta = view.getUint16(at + 16 + 2 * size + s);
        const rangeAt = at + 16 + 3 * size + s;
        const range = view.getUint16(rangeAt);
        for (let c = first; c <= last && c < 0xffff; c++) {
          const glyph = range === 0 ? c : view.getUint16(rangeAt + range + 2 * (c - first));
          if (range === 0 || glyph !== 0) add(c, (glyph + delta) & 0xffff);
        }
      }
    }
  }
  return glyphs;
}
