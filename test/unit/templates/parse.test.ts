import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTemplate } from '../../../domain/documents/template/parse.ts';

/** The nodes of a text below a title. */
function nodesOf(markdown: string) {
  const read = parseTemplate(`# 样例\n\n${markdown}`);
  if ('errors' in read) throw new Error(JSON.stringify(read.errors));
  return read.nodes.slice(1);
}

/** `line message` of what is wrong with a text, whose first line is the title's. */
function errorsOf(markdown: string): string[] {
  const read = parseTemplate(`# 样例\n${markdown}`);
  return 'errors' in read ? read.errors.map(({ line, message }) => `${line} ${message}`) : [];
}

const text = (text: string, line: number) => ({ kind: 'text', text, line });

describe('a template', () => {
  it('has headings at two levels and numbered clauses at two below them', () => {
    const nodes = nodesOf('## 第一条 业务\n\n### 范围\n\n3. 甲\n   （1）乙\n   （2）丙\n4. 丁\n');
    expect(nodes).toEqual([
      { kind: 'heading', level: 1, content: [text('第一条 业务', 3)], line: 3 },
      { kind: 'heading', level: 2, content: [text('范围', 5)], line: 5 },
      { kind: 'clause', level: 2, number: 3, content: [text('甲', 7)], line: 7 },
      { kind: 'clause', level: 3, number: 1, content: [text('乙', 8)], line: 8 },
      { kind: 'clause', level: 3, number: 2, content: [text('丙', 9)], line: 9 },
      { kind: 'clause', level: 2, number: 4, content: [text('丁', 10)], line: 10 },
    ]);
  });

  it('keeps the numbers as they are written', () => {
    const numbers = nodesOf('1. 甲\n1. 乙\n7. 丙\n\n正文\n\n9. 丁').flatMap((node) =>
      node.kind === 'clause' ? [node.number] : [],
    );
    expect(numbers).toEqual([1, 1, 7, 9]);
  });

  it('prints a nested list as the third level', () => {
    expect(nodesOf('1. 甲\n   1. 乙')).toMatchObject([
      { kind: 'clause', level: 2, number: 1 },
      { kind: 'clause', level: 3, number: 1 },
    ]);
  });

  it('puts a paragraph under the clause it continues', () => {
    expect(nodesOf('正文\n\n1. 甲\n\n   续\n\n正文')).toMatchObject([
      { kind: 'paragraph', under: 1 },
      { kind: 'clause', level: 2 },
      { kind: 'paragraph', under: 2 },
      { kind: 'paragraph', under: 1 },
    ]);
  });

  it('has blanks and boxes in place, each with its line', () => {
    const [node] = nodesOf(
      '甲方{{customer.name}}按{{box:agreement.paymentCycle=monthly}}月\n付{{ derived.totalFee }}元',
    );
    expect(node).toEqual({
      kind: 'paragraph',
      under: 1,
      line: 3,
      content: [
        text('甲方', 3),
        { kind: 'blank', key: 'customer.name', line: 3 },
        text('按', 3),
        { kind: 'box', key: 'agreement.paymentCycle', value: 'monthly', line: 3 },
        text('月', 3),
        text('付', 4),
        { kind: 'blank', key: 'derived.totalFee', line: 4 },
        text('元', 4),
      ],
    });
  });

  it('closes up Chinese lines and keeps Latin words apart', () => {
    const [node] = nodesOf('中文\n换行 IMS\nnetwork');
    const said = node && 'content' in node ? node.content : [];
    expect(said.map((each) => (each.kind === 'text' ? each.text : '')).join('')).toBe(
      '中文换行 IMS network',
    );
  });

  it('ends a line where Markdown says so', () => {
    expect(nodesOf('甲\\\n乙')).toMatchObject([
      { content: [{ text: '甲' }, { text: '\n' }, { text: '乙' }] },
    ]);
  });

  it('has bold text', () => {
    expect(nodesOf('甲**乙**')).toMatchObject([{ content: [{ text: '甲' }, { strong: true }] }]);
  });

  it('has tables with blanks, alignment and short rows filled up', () => {
    expect(nodesOf('| 项目 | 值 |\n| --- | :-: |\n| 户名 | {{customer.name}} |\n| 账号 |')).toEqual(
      [
        {
          kind: 'table',
          align: ['left', 'centre'],
          head: [[text('项目', 3)], [text('值', 3)]],
          rows: [
            [[text('户名', 5)], [{ kind: 'blank', key: 'customer.name', line: 5 }]],
            [[text('账号', 6)], []],
          ],
          line: 3,
        },
      ],
    );
  });

  it('has tables without a head', () => {
    expect(nodesOf('|  |  |\n| --- | --- |\n| 甲 | 乙 |')).toMatchObject([
      { kind: 'table', head: null, rows: [[[{ text: '甲' }], [{ text: '乙' }]]] },
    ]);
  });

  it('breaks the page at a rule, also right below a paragraph', () => {
    expect(nodesOf('甲\n---\n乙').map(({ kind }) => kind)).toEqual([
      'paragraph',
      'pageBreak',
      'paragraph',
    ]);
  });

  it('has the parties and the places to sign on lines of their own', () => {
    expect(nodesOf('{{parties}}\n\n{{signatures}}\n\n{{ signatures : customer }}')).toEqual([
      { kind: 'parties', line: 3 },
      { kind: 'signatures', parties: ['customer', 'carrier'], line: 5 },
      { kind: 'signatures', parties: ['customer'], line: 7 },
    ]);
  });

  it('leaves brackets, links, tags, references and indented text as they are', () => {
    for (const literal of ['[甲](乙)', '<b>甲</b>', '&nbsp;甲', '<!-- 甲 -->', '![图](a.png)']) {
      expect(nodesOf(literal)).toMatchObject([{ content: [{ text: literal }] }]);
    }
    expect(nodesOf('      六格缩进')).toMatchObject([{ kind: 'paragraph' }]);
  });
});

describe('what is wrong with a template is told by line', () => {
  it.each([
    ['an unknown key', '\n甲{{customer.nam}}', '3 没有“customer.nam”这一项'],
    ['a key of every object', '\n{{constructor}}', '3 没有“constructor”'],
    ['an unknown value', '\n{{box:kinds=all}}', '3 “kinds”没有“all”这个值'],
    ['a box of a text', '\n甲\n{{box:customer.name=甲}}', '4 “customer.name”不是选择项'],
    ['a box of nothing', '\n{{box:nothing=1}}', '3 没有“nothing”'],
    ['a box without a value', '\n{{box:kinds}}', '3 没有“box:kinds”这一项，方框应写成'],
    ['an open brace pair', '\n甲{{customer.name\n}}', '3 “{{”没有配成一对'],
    ['places to sign amid text', '\n在此{{signatures}}', '3 {{signatures}} 要单独占一行'],
    ['places to sign for nobody', '\n{{signatures:court}}', '3 “signatures:court”不是签署处'],
    ['bullets', '\n甲\n\n- 乙', '5 不支持项目符号'],
    ['a bracket after a number', '\n1) 甲', '3 编号请写“1.”'],
    ['a number right before its text', '\n1.甲', '3 编号“1.”后面要空一格'],
    ['a number right below a paragraph', '\n甲\n2. 乙', '4 编号“1.”后面要空一格，前面要空一行'],
    ['a fourth level', '\n1. 甲\n   1. 乙\n      1. 丙', '5 条款最多三级'],
    ['a heading without a gap', '\n##第一条', '3 “#”后面要空一格'],
    ['a heading too deep', '\n#### 甲', '3 标题最多三级'],
    ['an empty heading', '\n##', '3 标题没有文字'],
    ['an empty clause', '\n1.\n', '3 条款没有文字'],
    ['a second title', '\n# 又一个', '3 一份文书只有一个“# ”标题'],
    ['a table without its rule', '\n| 甲 | 乙 |\n| 丙 | 丁 |', '3 表格缺少'],
    ['a row with too many cells', '\n| 甲 |\n| --- |\n| 乙 | 丙 |', '5 这一行有 2 格'],
    ['a quotation', '\n> 甲', '3 不支持引用'],
    ['code', '\n`甲`', '3 不支持代码'],
    ['a block of code', '\n```\n甲\n```', '3 不支持代码块'],
    ['slanted text', '\n甲*乙*', '3 不支持斜体'],
    ['a rule of stars', '\n***', '3 换页请写“---”'],
    ['an endless line', `\n${'甲'.repeat(5001)}`, '3 一行超过'],
  ])('%s', (_, markdown, said) => {
    expect(errorsOf(markdown)[0]).toContain(said);
  });

  it('all of it at once, in order', () => {
    const lines = errorsOf('\n{{a}}\n\n- 甲\n\n{{b}}').map((error) => error.split(' ')[0]);
    expect(lines).toEqual(['3', '5', '7']);
  });

  it('a text without a title', () => {
    expect(parseTemplate('甲')).toEqual({
      errors: [{ line: 1, message: '缺少标题，第一行应为“# 文书名称”' }],
    });
  });
});

describe('any text', () => {
  /** Pieces that Markdown and blanks are made of, in any order. */
  const markdown = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          ...['\n', '\n\n', '# ', '## ', '1. ', '（1）', '- ', '> ', '| ', '| --- |', '---', '**'],
          ...['*', '_', '`', '```', '{{', '}}', '{{customer.name}}', '{{box:kinds=new}}', '    '],
          ...[
            '{{signatures}}',
            '\t',
            '\r',
            '\r\n',
            '\\',
            '[',
            '](',
            '<b>',
            '&#10;',
            '\0',
            '\ud800',
          ],
        ),
        fc.string({ unit: 'binary', maxLength: 5 }),
        fc.constant('甲方'),
      ),
      { maxLength: 40 },
    )
    .map((pieces) => pieces.join(''));
  const countLines = (text: string) => text.split(/\r\n|\r|\n/).length;

  it('is read or refused with lines that it has, never crashing', () => {
    fc.assert(
      fc.property(markdown, (text) => {
        const read = parseTemplate(text);
        const placed = 'errors' in read ? read.errors : read.nodes;
        expect('errors' in read && read.errors.length === 0).toBe(false);
        for (const { line } of placed) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(countLines(text));
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('with one unknown key is refused at the line of that key, wherever it stands', () => {
    const prose = fc.array(
      fc.constantFrom('正文', '1. 条款', '## 标题', '', '| 甲 |\n| --- |\n| 乙 |', '---'),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(prose, prose, (before, after) => {
        const above = ['# 样例', ...before, ''].join('\n\n');
        const text = `${above}\n错{{no.such.key}}\n\n${after.join('\n\n')}`;
        const read = parseTemplate(text);
        expect('errors' in read && read.errors).toMatchObject([{ line: countLines(above) + 1 }]);
      }),
    );
  });

  it.each([
    ['quotation marks', '> '.repeat(2400)],
    ['stars', '*a '.repeat(1600)],
    ['brackets', '['.repeat(4900)],
    ['lists in lists', '1. '.repeat(1600)],
    ['backticks', Array.from({ length: 90 }, (_, length) => '`'.repeat(length)).join(' ')],
  ])('made of %s is read in a moment', (_, line) => {
    const began = performance.now();
    parseTemplate(`# 样例\n\n${line}\n`);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
