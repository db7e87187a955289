import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  creditCodeCheck,
  creditCodeFinding,
  organisationCheck,
  organisationCodeFinding,
} from '../../../domain/china/credit-code.ts';
import { residentIdCheck, residentIdFinding } from '../../../domain/china/resident-id.ts';

const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const DIGITS = '0123456789';
const KEYBOARD = `${DIGITS}ABCDEFGHIJKLMNOPQRSTUVWXYZ`;

const charactersOf = (alphabet: string, length: number) =>
  fc
    .array(fc.constantFrom(...alphabet), { minLength: length, maxLength: length })
    .map((characters) => characters.join(''));

const creditCode = fc
  .tuple(charactersOf(ALPHABET, 8), charactersOf(ALPHABET, 8))
  .map(([office, organisation]) => {
    const first17 = office + organisation + organisationCheck(organisation);
    return first17 + creditCodeCheck(first17);
  });

const residentId = fc
  .tuple(
    fc.constantFrom('150600', '110100', '810000', '820000', '830000'),
    fc.date({ min: new Date('1900-01-01'), max: new Date('2026-12-31'), noInvalidDate: true }),
    charactersOf(DIGITS, 3),
  )
  .map(([area, birth, sequence]) => {
    const first17 = `${area}${birth.toISOString().slice(0, 10).replaceAll('-', '')}${sequence}`;
    return first17 + residentIdCheck(first17);
  });

/** Every text that differs from this one in exactly one character, out of all a keyboard gives. */
const typos = (text: string) =>
  [...text].flatMap((right, index) =>
    [...KEYBOARD]
      .filter((wrong) => wrong !== right)
      .map((wrong) => text.slice(0, index) + wrong + text.slice(index + 1)),
  );

const swaps = (text: string) =>
  [...text].flatMap((_, index) => {
    const swapped =
      text.slice(0, index) + text.charAt(index + 1) + text.charAt(index) + text.slice(index + 2);
    return index + 1 < text.length && swapped !== text ? [swapped] : [];
  });

const isCaught = (finding: { severity: string } | null) => finding?.severity === 'error';

describe('a unified social credit code', () => {
  it('passes when both its check characters are right', () => {
    fc.assert(
      fc.property(creditCode, (code) => {
        expect(creditCodeFinding(code)).toBeNull();
      }),
    );
  });

  it('is caught with any single wrong character, whatever key was hit', () => {
    fc.assert(
      fc.property(creditCode, (code) => {
        expect(typos(code).filter((typo) => !isCaught(creditCodeFinding(typo)))).toEqual([]);
      }),
    );
  });

  it('is caught with two neighbours swapped', () => {
    fc.assert(
      fc.property(creditCode, (code) => {
        expect(swaps(code).filter((swap) => !isCaught(creditCodeFinding(swap)))).toEqual([]);
      }),
    );
  });

  it('is caught with one character missing or one too many', () => {
    fc.assert(
      fc.property(creditCode, fc.nat(17), fc.constantFrom(...KEYBOARD), (code, at, extra) => {
        expect(isCaught(creditCodeFinding(code.slice(0, at) + code.slice(at + 1)))).toBe(true);
        expect(isCaught(creditCodeFinding(code.slice(0, at) + extra + code.slice(at)))).toBe(true);
      }),
    );
  });

  it('may be typed in lower case, in full width, with blanks', () => {
    fc.assert(
      fc.property(creditCode, (code) => {
        const wide = [...code].map((c) => String.fromCodePoint((c.codePointAt(0) ?? 0) + 0xfee0));
        expect(creditCodeFinding(code.toLowerCase())).toBeNull();
        expect(creditCodeFinding(wide.join(''))).toBeNull();
        expect(creditCodeFinding(`${code.slice(0, 8)} ${code.slice(8)}`)).toBeNull();
      }),
    );
  });

  it('of 15 digits is told to be an old registration number, not a typing error', () => {
    expect(creditCodeFinding('150600000000001')).toMatchObject({ code: 'credit-code-15' });
    expect(creditCodeFinding('15060000000000')).toMatchObject({ code: 'credit-code-length' });
  });

  it('names a letter that no credit code has', () => {
    const says = creditCodeFinding('9115O600MA0000001X')?.says;
    expect(says).toContain('“O”');
  });

  it('is caught when only the organisation code inside is wrong', () => {
    // The outer check is made right again, as a careless generator would.
    const first17 = `91150600MA000001${organisationCheck('MA000001') === '5' ? '6' : '5'}`;
    expect(creditCodeFinding(first17 + creditCodeCheck(first17))).toMatchObject({
      code: 'credit-code-organisation',
    });
  });

  it('agrees with the worked example of GB 11714', () => {
    // D2143569-X: 3·13+7·2+9·1+10·4+5·3+8·5+4·6+2·9 = 199, 11 − 199 mod 11 = 10
    expect(organisationCheck('D2143569')).toBe('X');
    expect(organisationCodeFinding('D2143569-X')).toBeNull();
    expect(organisationCodeFinding('D2143569-1')).toMatchObject({
      code: 'organisation-code-check',
    });
  });
});

describe('a resident ID', () => {
  it('passes when its check character is right and its birth date is real', () => {
    fc.assert(
      fc.property(residentId, (id) => {
        expect(residentIdFinding(id)).toBeNull();
      }),
    );
  });

  it('is caught with any single wrong character, whatever key was hit', () => {
    fc.assert(
      fc.property(residentId, (id) => {
        expect(typos(id).filter((typo) => !isCaught(residentIdFinding(typo)))).toEqual([]);
      }),
    );
  });

  it('is caught with two neighbours swapped', () => {
    fc.assert(
      fc.property(residentId, (id) => {
        expect(swaps(id).filter((swap) => !isCaught(residentIdFinding(swap)))).toEqual([]);
      }),
    );
  });

  it('is caught when the day of birth does not exist, even with a right check', () => {
    for (const birth of ['19900231', '19901301', '19000229', '19900100', '18490101']) {
      const first17 = `150600${birth}001`;
      expect(residentIdFinding(first17 + residentIdCheck(first17))).toMatchObject({
        code: 'resident-id-birth',
      });
    }
  });

  it('takes the 29th of February of a leap year, and a lower case x', () => {
    const ids = Array.from({ length: 40 }, (_, n) => `15060020000229${String(n).padStart(3, '0')}`);
    const withX = ids.find((first17) => residentIdCheck(first17) === 'X');
    expect(residentIdFinding(`${withX}x`)).toBeNull();
  });

  it('of an unknown region asks for a look', () => {
    const first17 = '99060019900101001';
    expect(residentIdFinding(first17 + residentIdCheck(first17))).toMatchObject({
      severity: 'warning',
    });
  });

  it('of 15 digits is told to be an old number', () => {
    expect(residentIdFinding('150600900101001')).toMatchObject({ code: 'resident-id-15' });
  });
});
