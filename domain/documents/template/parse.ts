import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmTable } from 'micromark-extension-gfm-table';
import type { Party, TemplateError, TemplateNode, TemplateText } from './ast.ts';
import { type Fail, inlinesOf, type Piece } from './inline.ts';

type Root = ReturnType<typeof fromMarkdown>;
type Block = Root['children'][number];
type Phrasing = Extract<Block, { type: 'paragraph' }>['children'][number];
type List = Extract<Block, { type: 'list' }>;
type Table = Extract<Block, { type: 'table' }>;
/** The level of the clause that a block stands in; 1 directly under a heading. */
type Level = 1 | 2 | 3;

/** Longer lines are no contract text; Markdown takes quadratic time for some of them. */
const LONGEST_LINE = 5_000;

/**
 * Markdown with what a contract has no use for switched off, so that it stays text: brackets,
 * links, HTML, indented code, character references; and `---` always is a page break.
 */
const MARKDOWN = {
  extensions: [
    gfmTable(),
    {
      disable: {
        null: [
          'autolink',
          'characterReference',
          'codeIndented',
          'definition',
          'htmlFlow',
          'htmlText',
          'labelEnd',
          'labelStartImage',
          'labelStartLink',
          'setextUnderline',
        ],
      },
    },
  ],
  mdastExtensions: [gfmTableFromMarkdown()],
};

const lineOf = (node: { position?: { start: { line: number } } | undefined }): number =>
  node.position?.start.line ?? 1;

/**
 * Reads the Markdown of a template; what it may say is in `ast.ts`.
 *
 * @returns its nodes in order, or everything that is wrong with it, by line
 */
export function parseTemplate(
  markdown: string,
): { nodes: readonly TemplateNode[] } | { errors: readonly TemplateError[] } {
  const errors: TemplateError[] = [];
  const fail: Fail = (line, message) => errors.push({ line, message });
  for (const [index, line] of markdown.split(/\r\n|\r|\n/).entries()) {
    if (line.length > LONGEST_LINE) fail(index + 1, `一行超过 ${LONGEST_LINE} 个字，请分段`);
  }
  if (errors.length > 0) return { errors };

  const nodes = reader(markdown, fail).blocks(fromMarkdown(markdown, MARKDOWN).children, 1);
  const titles = nodes.filter(({ kind }) => kind === 'title');
  if (titles.length === 0) fail(1, '缺少标题，第一行应为“# 文书名称”');
  for (const { line } of titles.slice(1)) fail(line, '一份文书只有一个“# ”标题，条款标题请用“## ”');
  errors.sort((a, b) => a.line - b.line);
  return errors.length > 0 ? { errors } : { nodes };
}

function reader(markdown: string, fail: Fail) {
  const text = (pieces: readonly Piece[]) => inlinesOf(pieces, fail);

  const blocks = (children: readonly Block[], level: Level): TemplateNode[] =>
    children.flatMap((child) => block(child, level));

  function block(node: Block, level: Level): TemplateNode[] {
    const line = lineOf(node);
    switch (node.type) {
      case 'heading': {
        const content = text(pieces(node.children, fail));
        if (content.length === 0) fail(line, '标题没有文字');
        if (node.depth === 1) return [{ kind: 'title', content, line }];
        if (node.depth > 3) fail(line, '标题最多三级（#、##、###）');
        return [{ kind: 'heading', level: node.depth === 2 ? 1 : 2, content, line }];
      }
      case 'paragraph':
        return paragraph(linesOf(pieces(node.children, fail)), level);
      case 'list':
        return list(node, level);
      case 'table':
        return [table(node)];
      case 'thematicBreak':
        if (markdown[node.position?.start.offset ?? 0] !== '-') fail(line, '换页请写“---”');
        return [{ kind: 'pageBreak', line }];
      case 'blockquote':
        fail(line, '不支持引用（行首的“>”）');
        return [];
      case 'code':
        fail(line, '不支持代码块');
        return [];
      default:
        fail(line, '不支持这种写法');
        return [];
    }
  }

  function list(node: List, level: Level): TemplateNode[] {
    return node.children.flatMap((item) => {
      const line = lineOf(item);
      const marker = /^(\d+)\./.exec(markdown.slice(item.position?.start.offset));
      if (!marker) {
        fail(
          line,
          node.ordered ? '编号请写“1.”或“（1）”' : '不支持项目符号，请用编号“1.”或“（1）”',
        );
        return [];
      }
      if (level === 3) {
        fail(line, '条款最多三级：第一条、1.、（1）');
        return [];
      }
      const below: Level = level === 1 ? 2 : 3;
      const [first, ...rest] = item.children;
      const lead = first?.type === 'paragraph' ? linesOf(pieces(first.children, fail)) : [];
      const others = first?.type === 'paragraph' ? rest : item.children;
      const number = Number(marker[1]);
      return [
        ...clauses({ kind: 'clause', level: below, number }, line, lead, below),
        ...blocks(others, below),
      ];
    });
  }

  function paragraph(lines: readonly Piece[][], level: Level): TemplateNode[] {
    const [[only] = []] = lines;
    const place = only && lines.length === 1 && placeOf(lines.flat(), fail);
    if (only && place) return [{ ...place, line: only.line }];
    return clauses({ kind: 'paragraph', under: level }, only?.line ?? 1, lines, level);
  }

  type Start =
    | { kind: 'clause'; level: 2 | 3; number: number }
    | { kind: 'paragraph'; under: Level };

  /** A paragraph's lines as nodes: a line that begins with `（1）` begins a clause of its own. */
  function clauses(
    start: Start,
    line: number,
    lines: readonly Piece[][],
    level: Level,
  ): TemplateNode[] {
    const nodes: { start: Start; line: number; lines: Piece[][] }[] = [{ start, line, lines: [] }];
    for (const [index, pieces] of lines.entries()) {
      const [first, ...rest] = pieces;
      if (!first) continue;
      const clause = index === 0 && start.kind === 'clause' ? null : clauseOf(first.text);
      if (clause) {
        const after = { ...first, text: first.text.slice(clause.marker.length) };
        nodes.push({
          start: { kind: 'clause', level: 3, number: clause.number },
          line: first.line,
          lines: [[after, ...rest]],
        });
      } else {
        const mistake = MISTAKES.find(([pattern]) => pattern.test(first.text));
        if (mistake) fail(first.line, mistake[1]);
        nodes.at(-1)?.lines.push(pieces);
      }
    }
    return nodes.flatMap(({ start, line, lines }): TemplateNode[] => {
      const content = text(joined(lines));
      if (content.length > 0) return [{ ...start, content, line }];
      if (start.kind === 'clause' && level < 3) fail(line, '条款没有文字');
      return [];
    });
  }

  function table(node: Table): TemplateNode {
    const [head, ...rows] = node.children.map((row) =>
      row.children.map((cell) => text(pieces(cell.children, fail))),
    );
    const columns = head?.length ?? 0;
    const whole = (cells: readonly TemplateText[], index: number): TemplateText[] => {
      const row = node.children[index];
      if (cells.length > columns && row) {
        fail(lineOf(row), `这一行有 ${cells.length} 格，表头只有 ${columns} 格`);
      }
      return Array.from({ length: columns }, (_, column) => cells[column] ?? []);
    };
    return {
      kind: 'table',
      align: Array.from({ length: columns }, (_, column) => {
        const align = node.align?.[column];
        return align === 'center' ? 'centre' : (align ?? 'left');
      }),
      head: head?.some((cell) => cell.length > 0) ? head : null,
      rows: rows.map((row, index) => whole(row, index + 1)),
      line: lineOf(node),
    };
  }

  return { blocks };
}

/** What was meant as structure, and Markdown would print as text without a word. */
const MISTAKES: readonly (readonly [RegExp, string])[] = [
  [/^#+[^#\s]/, '“#”后面要空一格'],
  [/^\d{1,3}[.．](?!\d)/, '编号“1.”后面要空一格，前面要空一行'],
  [/^\|/, '表格缺少表头下面的分隔行，如 | --- | --- |，或前面没有空行'],
  [/^[-*+]\s/, '不支持项目符号，请用编号“1.”或“（1）”'],
];

/** `（1）` at the start of a line. */
function clauseOf(text: string): { number: number; marker: string } | null {
  const found = /^\s*[（(](\d{1,3})[）)]\s*/.exec(text);
  return found && { number: Number(found[1]), marker: found[0] };
}

const SIGNING: Readonly<Record<string, readonly Party[]>> = {
  signatures: ['customer', 'carrier'],
  'signatures:customer': ['customer'],
  'signatures:carrier': ['carrier'],
};

type Place =
  | { readonly kind: 'parties' }
  | { readonly kind: 'signatures'; readonly parties: readonly Party[] };

/** A line that is a block by itself; null when it is text. */
function placeOf(line: readonly Piece[], fail: Fail): Place | null {
  const whole = line.map(({ text }) => text).join('');
  const name = /^\s*\{\{\s*([a-z]+(?:\s*:\s*[^{}]*?)?)\s*\}\}\s*$/.exec(whole)?.[1];
  const written = name?.replace(/\s+/g, '');
  if (written === 'parties') return { kind: 'parties' };
  if (!written?.startsWith('signatures')) return null;
  const parties = Object.hasOwn(SIGNING, written) ? SIGNING[written] : undefined;
  if (!parties) {
    const [first] = line;
    fail(first?.line ?? 1, `“${written}”不是签署处，可用：${Object.keys(SIGNING).join('、')}`);
  }
  return { kind: 'signatures', parties: parties ?? [] };
}

/** The text of phrasing, cut where the Markdown's lines end; `\n` is a line that must end there. */
function pieces(children: readonly Phrasing[], fail: Fail, strong = false): Piece[] {
  return children.flatMap((node): Piece[] => {
    const line = lineOf(node);
    switch (node.type) {
      case 'text':
        return node.value.split('\n').map((text, index) => ({ text, line: line + index, strong }));
      case 'break':
        return [{ text: '\n', line, strong }];
      case 'strong':
        return pieces(node.children, fail, true);
      case 'emphasis':
        fail(line, '不支持斜体（单个“*”或“_”），加粗请用“**”；要印出“*”请写“\\*”');
        return [];
      case 'inlineCode':
        fail(line, '不支持代码（“`”）');
        return [];
      default:
        fail(line, '不支持这种写法');
        return [];
    }
  });
}

/** The same by line. */
function linesOf(all: readonly Piece[]): Piece[][] {
  const lines: Piece[][] = [];
  let at = 0;
  for (const piece of all) {
    if (piece.text === '') continue;
    if (piece.line !== at) lines.push([]);
    at = piece.line;
    lines.at(-1)?.push(piece);
  }
  return lines;
}

/** The lines as one text: Chinese closes up, Latin words and numbers keep a space. */
function joined(lines: readonly Piece[][]): Piece[] {
  return lines.flatMap((line, index): Piece[] => {
    const before = lines[index - 1]?.at(-1)?.text ?? '';
    const [first] = line;
    const apart = first && /[\w,.;:]$/.test(before) && /^\w/.test(first.text);
    return apart ? [{ ...first, text: ' ', strong: false }, ...line] : [...line];
  });
}
