import { describe, expect, it } from 'vitest';
import {
  DERIVED_BLANKS,
  type TemplateDocument,
  type TemplateNode,
} from '../../../domain/documents/template/ast.ts';
import { checkPack } from '../../../domain/documents/template/pack.ts';
import { FACT_KEYS, factDefinition } from '../../../domain/order/dictionary.ts';
import { canPrint, specimenFiles } from './packs.ts';

const checked = checkPack(specimenFiles(), canPrint);
if ('errors' in checked) throw new Error(JSON.stringify(checked.errors, null, 2));
const { pack } = checked;

const nodesOf = (document: TemplateDocument): readonly TemplateNode[] =>
  pack.documents[document] ?? [];

const inlinesOf = (node: TemplateNode) => {
  if ('content' in node) return node.content;
  return node.kind === 'table' ? [node.head ?? [], ...node.rows].flat(2) : [];
};

const textOf = (nodes: readonly TemplateNode[]): string =>
  nodes
    .flatMap(inlinesOf)
    .map((inline) => (inline.kind === 'text' ? inline.text : `{{${inline.key}}}`))
    .join('');

/** The text from each heading to the next, by heading. */
function partsOf(document: TemplateDocument): Map<string, string> {
  const parts = new Map<string, string>();
  let heading = '';
  for (const node of nodesOf(document)) {
    if (node.kind === 'heading') heading = textOf([node]);
    else parts.set(heading, (parts.get(heading) ?? '') + textOf([node]));
  }
  return parts;
}

describe('the specimen pack', () => {
  it('is right: every hash, every key, every character', () => {
    expect(pack).toMatchObject({ id: 'specimen', specimen: true });
  });

  it('has the sixteen articles of the agreement, in order, with what each of them fixes', () => {
    const articles = [...partsOf('agreement')].filter(([heading]) => heading.startsWith('第'));
    const fixed: [string, ...string[]][] = [
      ['第一条', '短号', '附件3', '附件5'],
      ['第二条', '10086', '本单位员工', '私自加接', '转售'],
      ['第三条', '2个工作日', '7个工作日', '提前48小时', '讲解', '暂停', '保密'],
      ['第四条', '自然月', '当月和恢复当月', '原始计费数据6个月', '6个月内提出'],
      ['第五条', '有效期为1年', '提前2个月', '90日'],
      ['第六条', '实名', '呼叫中心', '隐藏', '批发', '互联网电话'],
      ['第七条', '第3日', '24小时', '提前7日'],
      ['第八条', '保密义务'],
      ['第九条', '廉洁'],
      ['第十条', '提前30日', '10%', '15日内', '3个月', '留置权'],
      ['第十一条', '不承担违约责任'],
      ['第十二条', '15日内', '超过30日', '再过10日'],
      ['第十三条', '3个月以前', '续期1年', '{{agreement.termStart}}', '{{agreement.termEnd}}'],
      ['第十四条', '乙方所在地', '人民法院'],
      ['第十五条', '转让'],
      ['第十六条', '提前2个月', '附件', '{{agreement.copies}}'],
    ];
    expect(articles).toHaveLength(fixed.length);
    for (const [index, [number, ...topics]] of fixed.entries()) {
      const [heading, text] = articles[index] ?? ['', ''];
      expect(heading.startsWith(`${number} `)).toBe(true);
      for (const topic of topics) expect(text, heading).toContain(topic);
    }
  });

  it('lists the five annexes and has both sign on a page of their own', () => {
    const list = partsOf('agreement').get('附件目录') ?? '';
    for (const annex of [1, 2, 3, 4, 5]) expect(list).toContain(`附件${annex}`);
    expect(
      nodesOf('agreement')
        .slice(-3)
        .map(({ kind }) => kind),
    ).toEqual(['pageBreak', 'heading', 'signatures']);
  });

  it('has the five parts of the access agreement', () => {
    const parts = [...partsOf('access-agreement')].filter(([heading]) => heading !== '');
    expect(parts.map(([heading]) => heading)).toEqual([
      '第一部分 合作内容',
      '第二部分 甲方的权利与义务',
      '第三部分 乙方的权利与义务',
      '第四部分 特别约定的责任',
      '第五部分 隐私保护',
    ]);
    const text = parts.map(([, part]) => part);
    expect(text[1]).toContain('60日内');
    expect(text[2]).toContain('现场拍照');
    expect(text[2]).toContain('减免');
    expect(text[3]).toContain('3%');
    expect(text[3]).toContain('密码');
  });

  it('has eleven undertakings, the second with ten kinds of forbidden content', () => {
    const clauses = nodesOf('commitment').flatMap((node) => (node.kind === 'clause' ? [node] : []));
    const numbers = (level: number) =>
      clauses.filter((clause) => clause.level === level).map(({ number }) => number);
    const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);
    expect(numbers(2)).toEqual(upTo(11));
    expect(numbers(3)).toEqual(upTo(10));
    const places = clauses.map(({ level, number }) => `${level}.${number}`);
    expect(places.slice(1, 3)).toEqual(['2.2', '3.1']);
    expect(places.indexOf('2.3')).toBe(places.indexOf('3.10') + 1);
  });

  /** Printed by the app itself: the cover, every page's head, the parties and the places to sign. */
  const ELSEWHERE: Readonly<Record<TemplateDocument, readonly string[]>> = {
    agreement: [
      'orderNumber',
      'groupNumber',
      'kinds',
      'customer.name',
      'customer.representative',
      'carrier.name',
      'carrier.representative',
    ],
    'access-agreement': [
      'orderNumber',
      'carrier.name',
      'carrier.representative',
      'carrier.address',
      'carrier.accountManager',
      'agreement.signedOn',
    ],
    commitment: ['orderNumber', 'carrier.address'],
  };

  it.each(['agreement', 'access-agreement', 'commitment'] as const)(
    'has a blank in place for every fact that the %s prints',
    (document) => {
      const used = new Set(
        nodesOf(document)
          .flatMap(inlinesOf)
          .flatMap((inline) => (inline.kind === 'text' ? [] : [inline.key]))
          .flatMap(
            (key): readonly string[] =>
              Object.entries(DERIVED_BLANKS).find(([derived]) => derived === key)?.[1] ?? [key],
          ),
      );
      const missing = FACT_KEYS.filter(
        (key) =>
          factDefinition(key).printed.includes(document) &&
          !used.has(key) &&
          !ELSEWHERE[document].includes(key),
      );
      expect(missing).toEqual([]);
    },
  );

  it('ticks every option of the choices it prints', () => {
    const boxes = nodesOf('agreement')
      .flatMap(inlinesOf)
      .flatMap((inline) => (inline.kind === 'box' ? [`${inline.key}=${inline.value}`] : []));
    const options = (['agreement.paymentCycle', 'service.accountType'] as const).flatMap((key) => {
      const { type } = factDefinition(key);
      return type.kind === 'choice' ? Object.keys(type.options).map((o) => `${key}=${o}`) : [];
    });
    expect(boxes).toEqual(options);
  });
});
