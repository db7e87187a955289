import { describe, expect, it } from 'vitest';
import coverage from '../../../assets/coverage.json' with { type: 'json' };
import { coverageFrom } from '../../../domain/documents/coverage.ts';
import { UnprintableError } from '../../../domain/documents/index.ts';
import { check } from '../../../domain/order/check.ts';
import { EMPTY_ORDER, type Facts, type Order } from '../../../domain/order/order.ts';
import { poppler, print, textByPdfjs, textOf } from './printing.ts';

const withFacts = (facts: Facts): Order => ({ ...EMPTY_ORDER, facts });
const named = (name: string) => withFacts({ 'customer.name': name });

describe('a character that is drawn', () => {
  it.each([
    ['outside the BMP', '张𬱖李㛃诊所'],
    ['at the end of the basic ideographs', '样例鿰诊所'],
    ['below U+0100', 'Café 样例'],
    ['made of a letter and an accent', 'Cafe\u0301样例'],
    ['that shares its glyph with another', '一⼀二'],
    ['that only the other face has', '䶶鿰样例'],
    ['for a place with no width of its own', '样例　诊所'],
  ])('%s is extracted as it was typed, by poppler and by pdf.js', async (_, name) => {
    const plain = name.replace(/\s/g, '');
    for (const document of ['acceptance', 'agreement'] as const) {
      const pdf = await print(document, named(name));
      expect(textOf(pdf).normalize('NFC')).toContain(plain.normalize('NFC'));
      expect((await textByPdfjs(pdf)).normalize('NFC')).toContain(plain.normalize('NFC'));
    }
  });

  it.each([
    ['a tab', '样例\t诊所'],
    ['a no-break space', '样例\u00a0诊所'],
  ])('%s is drawn as a space, and what follows is not lost', async (_, name) => {
    const raw = poppler('pdftotext', await print('acceptance', named(name)), ['-raw'], ['-']);
    expect(raw).toContain('样例 诊所');
  });

  it('leaves out controls, which have no shape', async () => {
    expect(textOf(await print('acceptance', named('样例\u0007诊所')))).toContain('样例诊所');
  });
});

describe('a character that is refused', () => {
  it.each([
    ['an emoji', '样例😀诊所', 0x1f600],
    ['Mongolian', '样例ᠮ诊所', 0x182e],
    ['Extension B', '样例𠀀诊所', 0x20000],
    ['private use', '样例\ue000诊所', 0xe000],
    ['private use beyond the BMP', '样例\u{f0000}诊所', 0xf0000],
    ['a variation selector', '样\ufe00例诊所', 0xfe00],
    ['an ideographic variation selector', '样\u{e0100}例诊所', 0xe0100],
    ['a zero-width space', '样例\u200b诊所', 0x200b],
    ['a zero-width joiner', '样例\u200d诊所', 0x200d],
    ['a byte order mark', '样例\ufeff诊所', 0xfeff],
    ['a direction mark', '样例\u202e诊所', 0x202e],
    ['a soft hyphen', '样例\u00ad诊所', 0xad],
  ])(
    '%s stops the print with its field and code point, and the checklist said so',
    async (_, name, codePoint) => {
      const refused = { field: 'customer.name', codePoint };
      for (const document of ['acceptance', 'agreement'] as const) {
        await expect(print(document, named(name))).rejects.toMatchObject(refused);
        await expect(print(document, named(name))).rejects.toBeInstanceOf(UnprintableError);
      }
      const reference = { devices: [], canPrint: coverageFrom(coverage) };
      const codes = check(named(name), reference)
        .filter(({ field, severity }) => field === 'customer.name' && severity === 'error')
        .map(({ code }) => code);
      expect(codes).toContain('character-unprintable');
    },
  );

  it('in a row names the row', async () => {
    const order = { ...EMPTY_ORDER, extensions: [{ number: '04778000001' }, { place: '😀' }] };
    await expect(print('survey', order)).rejects.toMatchObject({ field: 'extensions[1].place' });
  });
});
