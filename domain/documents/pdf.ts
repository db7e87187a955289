/**
 * The one PDF writer, and the only file that knows jsPDF.
 *
 * jsPDF keeps the pages, the streams and the cross-reference table. Its own way with fonts is not
 * used, because it loses characters: it drops what lies outside the BMP, cuts strings at a missing
 * glyph and keeps one code point per glyph. Here every character of the document gets a number of
 * its own (its CID), which maps to the glyph of the HarfBuzz subset and back to its code point, so
 * each is drawn and extracted right. The two composite fonts are put where jsPDF has Times and
 * Helvetica.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { zlibSync } from 'fflate';
import { jsPDF } from 'jspdf';
import { type Drawing, type Face, type Mark, PAGE, POINT } from './drawing.ts';
import { penLines } from './pen.ts';
import type { Subsetter } from './subset.ts';
import { readTypeface, type Typeface, withoutTable } from './typeface.ts';

/** A face, and the way to cut it down. */
export interface EmbeddableFace {
  readonly typeface: Typeface;
  readonly subset: Subsetter;
  /** PostScript name, as the PDF shows it. */
  readonly name: string;
}

/** The standard fonts whose slots the faces take. */
const SLOTS: Readonly<Record<Face, string>> = { serif: 'times', sans: 'helvetica' };

/** Fixed, so that the same order gives the same bytes, and their hash can be signed. */
const CREATION_DATE = "D:20000101000000+00'00'";

/** The PDF of a drawing. The same drawing gives the same bytes, on every machine. */
export function writePdf(
  drawing: Drawing,
  faces: Readonly<Record<Face, EmbeddableFace>>,
): Uint8Array {
  const doc = new jsPDF({ unit: 'pt', format: 'a4', compress: true, putOnlyUsedFonts: true });
  doc.setProperties({ title: drawing.title, creator: 'Onsite' });
  doc.setLanguage('zh-CN');
  doc.viewerPreferences({ DisplayDocTitle: true });
  doc.setCreationDate(CREATION_DATE);
  doc.setFileId(bytesToHex(sha256(utf8ToBytes(JSON.stringify(drawing)))).slice(0, 32));

  const fonts = new Map<Face, EmbeddedFont>();
  for (const face of ['serif', 'sans'] as const) {
    const text = drawing.pages
      .flatMap(({ marks }) => marks)
      .map((mark) => ('face' in mark && mark.face === face ? mark.text : ''))
      .join('');
    if (text === '') continue;
    const font = embed(faces[face], text);
    fonts.set(face, font);
    putInSlot(doc, SLOTS[face], font);
  }

  writeOutline(doc, drawing);
  const { write } = internalsOf(doc);
  drawing.pages.forEach(({ marks }, page) => {
    if (page > 0) doc.addPage();
    // Square ends, so that borders meet in their corners.
    write('2 J');
    for (const mark of marks) {
      if (mark.kind === 'image') putImage(doc, mark);
      else if (mark.kind !== 'bookmark') write(operators(mark, fonts));
    }
  });
  return new Uint8Array(doc.output('arraybuffer'));
}

/** The content stream's operators for a mark. */
function operators(
  mark: Exclude<Mark, { kind: 'bookmark' | 'image' }>,
  fonts: ReadonlyMap<Face, EmbeddedFont>,
): string {
  switch (mark.kind) {
    case 'text':
      return `BT ${shown(mark, `${at(mark.x, mark.y)} Td`, fonts)} ET`;
    case 'watermark':
      return `q 0.93 g BT ${shown(mark, `${RISING} ${at(mark.x, mark.y)} Tm`, fonts)} ET Q`;
    case 'line':
      return `${fixed(mark.thickness / POINT)} w ${mark.points
        .map(([x, y], index) => `${at(x, y)} ${index === 0 ? 'm' : 'l'}`)
        .join(' ')} S`;
    case 'signature':
      return [
        'q 1 J 1 j',
        ...penLines(mark.strokes, mark.box).map(
          ({ from, control, to, thickness }) =>
            `${fixed(thickness / POINT)} w ${at(...from)} m ${control.map((p) => at(...p)).join(' ')} ${at(...to)} c S`,
        ),
        'Q',
      ].join('\n');
  }
}

/** Pictures go through jsPDF, which keeps one copy of each. */
function putImage(doc: jsPDF, { url, box }: Extract<Mark, { kind: 'image' }>): void {
  const format = url.startsWith('data:image/png') ? 'PNG' : 'JPEG';
  const [x, y, width, height] = [box.x, box.y, box.width, box.height].map((mm) => mm / POINT);
  doc.addImage(url, format, x ?? 0, y ?? 0, width ?? 0, height ?? 0);
}

/** Along a line that rises by 45°. */
const RISING = '0.70711 0.70711 -0.70711 0.70711';

/** Text shown in a text object, with the operator that says where. */
function shown(
  { text, face, size, ...mark }: Extract<Mark, { kind: 'text' | 'watermark' }>,
  place: string,
  fonts: ReadonlyMap<Face, EmbeddedFont>,
): string {
  const font = fonts.get(face);
  if (!font) throw new Error(`no ${face} font`);
  const points = size / POINT;
  const set = `/${font.slot} ${fixed(points)} Tf ${place}`;
  if (!('moves' in mark) || !mark.moves) return `${set} <${font.encode(text)}> Tj`;
  // Most characters of a justified line are equally far apart: that is the spacing, the rest is moved.
  const spacing = mostFrequent(mark.moves);
  const moved = Array.from(text, (character, index) => {
    const rest = Math.round(((mark.moves?.[index] ?? 0) - spacing) * -1000);
    return font.encode(character) + (rest === 0 ? '' : `>${rest}<`);
  }).join('');
  return `${set} ${fixed(spacing * points)} Tc [<${moved.replace(/>-?\d+<$/, '')}>] TJ 0 Tc`;
}

function mostFrequent(numbers: readonly number[]): number {
  const counts = new Map<string, number>();
  let [found, most] = [0, 0];
  for (const number of numbers) {
    const key = number.toFixed(6);
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (count > most) [found, most] = [number, count];
  }
  return found;
}

const fixed = (points: number): string => String(Math.round(points * 1000) / 1000);
const at = (x: number, y: number): string =>
  `${fixed(x / POINT)} ${fixed((PAGE.height - y) / POINT)}`;

interface EmbeddedFont {
  /** The resource name in the content streams; known when the font has its slot. */
  slot: string;
  readonly name: string;
  readonly typeface: Typeface;
  /** In the order of their CIDs, which count from 1. */
  readonly characters: readonly { readonly codePoint: number; readonly glyph: number }[];
  encode(text: string): string;
}

const hex4 = (number: number): string => number.toString(16).padStart(4, '0');

function embed(face: EmbeddableFace, text: string): EmbeddedFont {
  const codePoints = [...new Set(text)]
    .map((character) => character.codePointAt(0) ?? 0)
    .sort((a, b) => a - b);
  const typeface = readTypeface(face.subset(codePoints));
  const characters = codePoints.map((codePoint) => {
    const glyph = typeface.glyphs.get(codePoint);
    // The layout has found a face for every character, so this is our own mistake.
    if (glyph === undefined) throw new Error(`subset lacks U+${codePoint.toString(16)}`);
    return { codePoint, glyph };
  });
  const cids = new Map(
    characters.map(({ codePoint }, index) => [String.fromCodePoint(codePoint), hex4(index + 1)]),
  );
  // Subsets of one font must be told apart by six letters (ISO 32000-1, 9.6.4).
  const tag = [...sha256(typeface.bytes).slice(0, 6)]
    .map((byte) => String.fromCharCode(65 + (byte % 26)))
    .join('');
  return {
    slot: '',
    name: `${tag}+${face.name}`,
    typeface,
    characters,
    encode: (run) => {
      let encoded = '';
      for (const character of run) encoded += cids.get(character) ?? hex4(0);
      return encoded;
    },
  };
}

/** What jsPDF hands to a listener of `putFont` (jspdf 4.2.1, `putFont`); its types do not say. */
interface PutFont {
  readonly font: { readonly id: string; objectNumber: number; isAlreadyPutted: boolean };
  out(line: string): void;
  newObject(): number;
  putStream(stream: {
    data: string;
    objectId: number;
    /** What jsPDF still does to the data; everything it was told when absent. */
    filters?: readonly string[];
    alreadyAppliedFilters?: readonly string[];
    additionalKeyValues?: { key: string; value: string | number }[];
  }): void;
}

/** Makes jsPDF write `font` where it would write its standard font `slot`. */
function putInSlot(doc: jsPDF, slot: string, font: EmbeddedFont): void {
  doc.setFont(slot, 'normal');
  const id = String(doc.getFont().id);
  font.slot = id;
  // jsPDF writes a font only when some text used it; our text does not pass through `text`.
  doc.text([''], 0, 0);
  doc.internal.events.subscribe('putFont', (event: PutFont) => {
    if (event.font.id !== id) return;
    event.font.objectNumber = writeFont(event, font);
    event.font.isAlreadyPutted = true;
  });
}

/** An em, in thousandths: a Chinese character. */
const DEFAULT_WIDTH = 1000;

/** Writes the objects of a composite font (ISO 32000-1, 9.7) and gives the number of the top one. */
function writeFont(
  { out, newObject, putStream }: PutFont,
  { name, typeface, characters }: EmbeddedFont,
): number {
  /** Compressed here: jsPDF would turn the bytes into a string and back first. */
  const stream = (data: Uint8Array, isFontFile = false): number => {
    const objectId = newObject();
    putStream({
      data: binary(zlibSync(data)),
      objectId,
      filters: [],
      alreadyAppliedFilters: ['/FlateDecode'],
      additionalKeyValues: isFontFile ? [{ key: 'Length1', value: data.length }] : [],
    });
    out('endobj');
    return objectId;
  };
  const object = (dictionary: string): number => {
    const objectId = newObject();
    out(`<< ${dictionary} >>`);
    out('endobj');
    return objectId;
  };
  // A reader finds glyphs by their CIDs: the character map has served.
  const file = stream(withoutTable(typeface.bytes, 'cmap'), true);
  const glyphs = stream(bigEndian([0, ...characters.map(({ glyph }) => glyph)]));
  const unicode = stream(utf8ToBytes(toUnicode(characters.map(({ codePoint }) => codePoint))));
  // Nearly all characters are as wide as the default says.
  const widths = characters.flatMap(({ glyph }, index) => {
    const width = Math.round(typeface.advance(glyph));
    return width === DEFAULT_WIDTH ? [] : [`${index + 1}[${width}]`];
  });
  const descriptor = object(
    `/Type /FontDescriptor /FontName /${name} /Flags 4 /FontBBox [${typeface.box.join(' ')}] ` +
      `/ItalicAngle 0 /Ascent ${typeface.ascent} /Descent ${typeface.descent} ` +
      `/CapHeight 733 /StemV 80 /FontFile2 ${file} 0 R`,
  );
  const descendant = object(
    `/Type /Font /Subtype /CIDFontType2 /BaseFont /${name} /FontDescriptor ${descriptor} 0 R ` +
      '/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> ' +
      `/CIDToGIDMap ${glyphs} 0 R /DW ${DEFAULT_WIDTH} /W [${widths.join('')}]`,
  );
  return object(
    `/Type /Font /Subtype /Type0 /BaseFont /${name} /Encoding /Identity-H ` +
      `/DescendantFonts [${descendant} 0 R] /ToUnicode ${unicode} 0 R`,
  );
}

/** Writes the outline: the document and its articles, each with its page and height. */
function writeOutline(doc: jsPDF, { pages }: Drawing): void {
  const items = pages.flatMap(({ marks }, page) =>
    marks.flatMap((mark) => (mark.kind === 'bookmark' ? [{ ...mark, page }] : [])),
  );
  if (items.length === 0) return;
  let root = 0;
  doc.internal.events.subscribe('postPutResources', () => {
    const { newObject, out } = internalsOf(doc);
    // Numbered first, as they name each other: the root and then the items in their order.
    const first = newObject() + 1;
    root = first - 1;
    const parentOf = (index: number): number =>
      items.findLastIndex((item, i) => i < index && item.level < (items[index]?.level ?? 0));
    const childrenOf = (parent: number): number[] =>
      items.flatMap((_, index) => (parentOf(index) === parent ? [index] : []));
    const links = (parent: number): string => {
      const children = childrenOf(parent);
      const [from, to] = [children[0], children.at(-1)];
      if (from === undefined || to === undefined) return '';
      // The documents are shown with their articles, these closed.
      const count = parent < 0 || items[parent]?.level === 0 ? children.length : -children.length;
      return ` /First ${first + from} 0 R /Last ${first + to} 0 R /Count ${count}`;
    };
    out(`<< /Type /Outlines${links(-1)} >>`);
    out('endobj');
    items.forEach(({ title, page, y }, index) => {
      newObject();
      const siblings = childrenOf(parentOf(index));
      const here = siblings.indexOf(index);
      const [previous, next] = [siblings[here - 1], siblings[here + 1]];
      const { objId } = doc.getPageInfo(page + 1);
      const top = fixed((PAGE.height - Math.max(y - 4, 0)) / POINT);
      out(
        `<< /Title <feff${utf16(title)}> /Parent ${first + parentOf(index)} 0 R` +
          (previous === undefined ? '' : ` /Prev ${first + previous} 0 R`) +
          (next === undefined ? '' : ` /Next ${first + next} 0 R`) +
          `${links(index)} /Dest [${objId} 0 R /XYZ 0 ${top} null] >>`,
      );
      out('endobj');
    });
  });
  doc.internal.events.subscribe('putCatalog', () => {
    internalsOf(doc).out(`/Outlines ${root} 0 R`);
  });
}

const utf16 = (text: string): string =>
  Array.from({ length: text.length }, (_, index) => hex4(text.charCodeAt(index))).join('');

/** The CMap that gives each CID (from 1) its code point again, as UTF-16. */
function toUnicode(codePoints: readonly number[]): string {
  const entries = codePoints.map((codePoint, index) => {
    return `<${hex4(index + 1)}> <${utf16(String.fromCodePoint(codePoint))}>`;
  });
  const blocks: string[] = [];
  // At most a hundred entries a block (Adobe Technical Note 5014).
  for (let i = 0; i < entries.length; i += 100) {
    const block = entries.slice(i, i + 100);
    blocks.push(`${block.length} beginbfchar`, ...block, 'endbfchar');
  }
  return [
    '/CIDInit /ProcSet findresource begin',
    '12 dict begin',
    'begincmap',
    '/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def',
    '/CMapName /Adobe-Identity-UCS def',
    '/CMapType 2 def',
    '1 begincodespacerange',
    '<0000> <ffff>',
    'endcodespacerange',
    ...blocks,
    'endcmap',
    'CMapName currentdict /CMap defineresource pop',
    'end',
    'end',
  ].join('\n');
}

const bigEndian = (numbers: readonly number[]): Uint8Array =>
  Uint8Array.from(numbers.flatMap((number) => [number >> 8, number & 0xff]));

/** jsPDF takes streams as strings of bytes. */
function binary(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 8192) {
    parts.push(Reflect.apply(String.fromCharCode, null, bytes.subarray(i, i + 8192)));
  }
  return parts.join('');
}

/** What jsPDF has in `internal` that its types do not name. */
interface Internals {
  /** Puts operators into the current page. */
  write(operators: string): void;
  /** Puts a line into the file. */
  out(line: string): void;
  /** Begins an object, and gives its number. */
  newObject(): number;
}

function internalsOf({ internal }: jsPDF): Internals {
  const functions: Readonly<Record<string, unknown>> = { ...internal };
  const named = (name: keyof Internals) => {
    const found = functions[name];
    if (typeof found !== 'function') throw new Error(`jsPDF has no internal.${name}`);
    return found;
  };
  const [write, out, newObject] = [named('write'), named('out'), named('newObject')];
  return {
    write: (text) => void write(text),
    out: (line) => void out(line),
    newObject: () => Number(newObject()),
  };
}
