/** Cuts a TrueType file down to the glyphs of some code points. */
export type Subsetter = (codePoints: Iterable<number>) => Uint8Array;

// The enums of hb-subset.h.
const FLAG_NO_HINTING = 0x001;
const FLAG_NO_LAYOUT_CLOSURE = 0x200;
const SET_DROP_TABLES = 3;
const MEMORY_MODE_WRITABLE = 2;

/** A PDF needs outlines and metrics only; `cmap` stays so that the new glyph ids can be read. */
const DROPPED_TABLES = ['BASE', 'DSIG', 'GDEF', 'GPOS', 'GSUB', 'OS/2', 'STAT', 'VORG'].concat([
  'gasp',
  'name',
  'post',
  'vhea',
  'vmtx',
]);

/**
 * Starts HarfBuzz's subsetter (`harfbuzz-subset.wasm` of harfbuzzjs, which imports nothing and so
 * runs in Node and in the page alike) and gives a function that loads a font into it, once.
 */
export async function createSubsetting(
  wasm: Uint8Array | ArrayBuffer,
): Promise<(font: Uint8Array) => Subsetter> {
  const { instance } = await WebAssembly.instantiate(wasm.slice(0));
  const { exports } = instance;
  const hb = (name: string, ...args: number[]): number => {
    const run = exports[name];
    if (typeof run !== 'function') throw new Error(`harfbuzz has no ${name}`);
    return Number(run(...args));
  };
  // Fetched anew each time: the buffer is another one after the memory has grown.
  const memory = (at: number, length: number): Uint8Array => {
    const held = exports.memory;
    if (typeof held !== 'object' || held === null || !('buffer' in held)) {
      throw new Error('harfbuzz has no memory');
    }
    if (!(held.buffer instanceof ArrayBuffer)) throw new Error('harfbuzz has no buffer');
    return new Uint8Array(held.buffer, at, length);
  };
  hb('_initialize');

  return (font) => {
    const at = hb('malloc', font.length);
    memory(at, font.length).set(font);
    const blob = hb('hb_blob_create', at, font.length, MEMORY_MODE_WRITABLE, 0, 0);
    const face = hb('hb_face_create', blob, 0);
    return (codePoints) => {
      const input = hb('hb_subset_input_create_or_fail');
      hb('hb_subset_input_set_flags', input, FLAG_NO_HINTING | FLAG_NO_LAYOUT_CLOSURE);
      const dropped = hb('hb_subset_input_set', input, SET_DROP_TABLES);
      for (const tag of DROPPED_TABLES) hb('hb_set_add', dropped, tagNumber(tag));
      const wanted = hb('hb_subset_input_unicode_set', input);
      for (const codePoint of codePoints) hb('hb_set_add', wanted, codePoint);
      const subset = hb('hb_subset_or_fail', face, input);
      hb('hb_subset_input_destroy', input);
      if (subset === 0) throw new Error('harfbuzz could not subset the font');
      const result = hb('hb_face_reference_blob', subset);
      const bytes = memory(
        hb('hb_blob_get_data', result, 0),
        hb('hb_blob_get_length', result),
      ).slice();
      hb('hb_blob_destroy', result);
      hb('hb_face_destroy', subset);
      return bytes;
    };
  };
}

const tagNumber = (tag: string): number =>
  [...tag].reduce((number, letter) => (number << 8) | letter.charCodeAt(0), 0);
