import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { strFromU8 } from 'fflate';
import { DOCUMENT_TITLES, factDefinition } from '../../order/dictionary.ts';
import {
  DERIVED_BLANKS,
  type Party,
  type TemplateDocument,
  type TemplateError,
  type TemplateInline,
  type TemplateNode,
  type TemplatePack,
  type TemplateText,
} from './ast.ts';
import { lineOfKey, MANIFEST, type Manifest, parseManifest, TEXT_FILES } from './manifest.ts';
import { parseTemplate } from './parse.ts';

/** What is wrong with a file of a pack. */
export interface PackError extends TemplateError {
  /** Its name in the pack; empty for the pack as a whole. */
  readonly file: string;
}

/** Who must be able to sign each text. */
const SIGNED_BY: Readonly<Record<TemplateDocument, readonly Party[]>> = {
  agreement: ['customer', 'carrier'],
  'access-agreement': ['customer', 'carrier'],
  commitment: ['customer'],
};
const PARTY_NAMES: Readonly<Record<Party, string>> = { customer: '甲方', carrier: '乙方' };

type CanPrint = (codePoint: number) => boolean;

/**
 * Checks a pack whole: its manifest, the SHA-256 of each file, and every line of every text.
 *
 * @param files by name, `manifest.json` among them
 * @param canPrint whether a shipped font can draw a code point
 * @returns the pack, or everything that is wrong with it, by file and line
 */
export function checkPack(
  files: ReadonlyMap<string, Uint8Array>,
  canPrint: CanPrint,
): { pack: TemplatePack } | { errors: readonly PackError[] } {
  const source = files.get(MANIFEST);
  if (!source) return { errors: [{ file: MANIFEST, line: 1, message: '缺少清单 manifest.json' }] };
  const errors: PackError[] = [];
  const add = (file: string, found: readonly TemplateError[]) => {
    for (const error of found) errors.push({ file, ...error });
  };

  const text = strFromU8(source);
  add(MANIFEST, unprintable(text, canPrint));
  const read = parseManifest(text);
  const manifest = 'manifest' in read ? read.manifest : null;
  if ('errors' in read) add(MANIFEST, read.errors);
  for (const name of files.keys()) {
    const listed = name === MANIFEST || TEXT_FILES.some(({ file }) => file === name);
    if (!listed) add(name, [{ line: 1, message: '模板包里没有这个文件的位置，请去掉' }]);
  }
  const documents: TemplatePack['documents'] = Object.fromEntries(
    TEXT_FILES.flatMap(({ document, file }) => {
      const bytes = files.get(file);
      if (!bytes) {
        add(file, [{ line: 1, message: `缺少文件 ${file}（${DOCUMENT_TITLES[document].title}）` }]);
        return [];
      }
      add(MANIFEST, wrongHash(manifest, text, file, bytes));
      const checked = checkText(document, strFromU8(bytes), canPrint);
      if ('errors' in checked) add(file, checked.errors);
      return 'nodes' in checked ? [[document, checked.nodes]] : [];
    }),
  );
  if (!manifest || errors.length > 0) return { errors };
  const { id, version, title, effectiveOn, specimen = false } = manifest;
  const hash = bytesToHex(sha256(source));
  return { pack: { id, version, title, effectiveOn, specimen, hash, documents } };
}

function wrongHash(
  manifest: Manifest | null,
  text: string,
  file: string,
  bytes: Uint8Array,
): TemplateError[] {
  if (!manifest) return [];
  const hash = bytesToHex(sha256(bytes));
  if (manifest.files[file] === hash) return [];
  const message = `${file} 与清单的 SHA-256 不符：文件是 ${hash}。文件被改过或没有传完整`;
  return [{ line: lineOfKey(text, ['files', file]), message }];
}

/** A text's nodes, or what is wrong with it, by line. */
function checkText(
  document: TemplateDocument,
  markdown: string,
  canPrint: CanPrint,
): { nodes: readonly TemplateNode[] } | { errors: readonly TemplateError[] } {
  const read = parseTemplate(markdown);
  const errors = [...unprintable(markdown, canPrint)];
  if ('errors' in read) errors.push(...read.errors);
  else errors.push(...unsigned(document, read.nodes, markdown), ...unbound(document, read.nodes));
  errors.sort((a, b) => a.line - b.line);
  return 'nodes' in read && errors.length === 0 ? read : { errors };
}

/** Characters that no shipped font can draw; each is told once, where it stands first. */
function unprintable(text: string, canPrint: CanPrint): TemplateError[] {
  const seen = new Set<string>();
  return text.split(/\r\n|\r|\n/).flatMap((line, index) =>
    [...line].flatMap((character, column): TemplateError[] => {
      const codePoint = character.codePointAt(0) ?? 0;
      if (character === '\t' || (codePoint !== 0xfffd && canPrint(codePoint))) return [];
      if (seen.has(character)) return [];
      seen.add(character);
      const name = `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
      const message =
        codePoint === 0xfffd
          ? '不是 UTF-8 文字，请把文件另存为 UTF-8'
          : `第 ${column + 1} 个字“${visible(character)}”（${name}）打印不出来，请换掉`;
      return [{ line: index + 1, message }];
    }),
  );
}

const visible = (character: string) => (/[\p{C}\p{M}\p{Z}]/u.test(character) ? '' : character);

/** Parties that must sign and have no place to. */
function unsigned(
  document: TemplateDocument,
  nodes: readonly TemplateNode[],
  markdown: string,
): TemplateError[] {
  const places = nodes.flatMap((node) => (node.kind === 'signatures' ? node.parties : []));
  const line = markdown.trimEnd().split(/\r\n|\r|\n/).length;
  const twice = SIGNED_BY[document].filter(
    (party) => places.filter((place) => place === party).length > 1,
  );
  const missing = SIGNED_BY[document].filter((party) => !places.includes(party));
  return [
    ...missing.map((party) => ({
      line,
      message: `缺少${PARTY_NAMES[party]}的签署处，请在文末单独一行写 {{signatures${
        SIGNED_BY[document].length > 1 ? '' : `:${party}`
      }}}`,
    })),
    ...twice.map((party) => ({ line, message: `${PARTY_NAMES[party]}的签署处只能有一个` })),
  ];
}

/** Facts that this document's signatures would not cover, by the dictionary's `printed`. */
function unbound(document: TemplateDocument, nodes: readonly TemplateNode[]): TemplateError[] {
  return nodes.flatMap(textsOf).flatMap((inline): TemplateError[] => {
    if (inline.kind === 'text') return [];
    const keys = isDerived(inline.key) ? DERIVED_BLANKS[inline.key] : [inline.key];
    const bound = keys.every((key) => factDefinition(key).printed.includes(document));
    if (bound) return [];
    const { title } = DOCUMENT_TITLES[document];
    return [
      { line: inline.line, message: `“${inline.key}”不能印在《${title}》里，签名不会保护它` },
    ];
  });
}

const isDerived = (key: string): key is keyof typeof DERIVED_BLANKS =>
  Object.hasOwn(DERIVED_BLANKS, key);

/** Everything a node says, in reading order. */
function textsOf(node: TemplateNode): readonly TemplateInline[] {
  if ('content' in node) return node.content;
  if (node.kind !== 'table') return [];
  const rows: readonly (readonly TemplateText[])[] = node.head
    ? [node.head, ...node.rows]
    : node.rows;
  return rows.flat(2);
}
