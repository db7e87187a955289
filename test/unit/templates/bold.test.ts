import { expect, it } from 'vitest';
import { commitment } from '../../../domain/documents/commitment.ts';
import { layOut } from '../../../domain/documents/layout.ts';
import { metricsOf } from '../../../domain/documents/metrics.ts';
import { parseTemplate } from '../../../domain/documents/template/parse.ts';
import { EMPTY_ORDER } from '../../../domain/order/order.ts';
import { given, pack, typefaces } from '../documents/printing.ts';

it('prints what a template has in bold in the sans face, in text and in tables', () => {
  const read = parseTemplate(
    '# 样例\n\n甲方**特别注意**本款。\n\n| 项目 |\n| --- |\n| 乙方**另行告知** |\n\n{{signatures:customer}}',
  );
  if ('errors' in read) throw new Error(JSON.stringify(read.errors));
  const own = { ...pack, documents: { commitment: read.nodes } };
  const { pages } = layOut(
    commitment(EMPTY_ORDER, { ...given(EMPTY_ORDER), pack: own }),
    metricsOf(typefaces),
  );
  const said = (face: 'serif' | 'sans') =>
    pages
      .flatMap(({ marks }) => marks)
      .map((mark) => (mark.kind === 'text' && mark.face === face ? mark.text : ''))
      .join('');
  expect(said('sans')).toContain('特别注意');
  expect(said('sans')).toContain('另行告知');
  expect(said('serif')).toContain('本款');
  expect(said('serif')).not.toContain('特别注意');
});
