import { describe, expect, it } from 'vitest';
import { bankAccountFinding } from '../../../domain/china/bank-account.ts';
import {
  fixedLineFinding,
  memberNumberFinding,
  mobileFinding,
  operatorOf,
  phoneDigits,
  phoneFinding,
} from '../../../domain/china/phone.ts';

describe('a mobile number', () => {
  it('has 11 digits in a live segment, or 13 of the internet of things', () => {
    for (const number of ['13900000001', '19200000001', '1440000000001', '1064700000001']) {
      expect(mobileFinding(number)).toBeNull();
    }
  });

  it('of 10 digits is told that one is missing', () => {
    expect(mobileFinding('1390000000')).toMatchObject({ code: 'mobile-digit-missing' });
    expect(mobileFinding('1390000000')?.says).toContain('少一位');
  });

  it('in a segment nobody was given is an error', () => {
    for (const number of ['12000000001', '14200000001', '16000000001', '1500000000001']) {
      expect(mobileFinding(number)).toMatchObject({ code: 'mobile-segment' });
    }
  });

  it.each([
    ['13900000001', '中国移动'],
    ['13000000001', '中国联通'],
    ['18900000001', '中国电信'],
    ['13490000001', '中国电信'],
    ['13480000001', '中国移动'],
    ['19200000001', '中国广电'],
    ['17090000001', '中国联通'],
    ['1064800000001', '中国移动'],
    ['0477-0000001', undefined],
  ])('%s is of the segment of %s', (number, operator) => {
    expect(operatorOf(number)).toBe(operator);
  });

  it('may be written with blanks, hyphens, in full width or with the country', () => {
    for (const written of [
      '139 0000 0001',
      '139-0000-0001',
      '１３９０００００００１',
      '+86 13900000001',
    ]) {
      expect(phoneDigits(written).length).toBe(11);
      expect(mobileFinding(written)).toBeNull();
    }
  });
});

describe('a fixed line', () => {
  it('has an area code and 7 or 8 digits', () => {
    for (const number of [
      '0477-0000001',
      '04770000001',
      '010-00000001',
      '(021)00000001',
      '0755 00000001',
    ]) {
      expect(fixedLineFinding(number)).toBeNull();
    }
  });

  it('with 8 digits in 0477 asks for a look', () => {
    expect(fixedLineFinding('0477-00000001')).toMatchObject({ severity: 'warning' });
  });

  it('without an area code, too short or too long is an error that says which', () => {
    expect(fixedLineFinding('8000001')).toMatchObject({ code: 'fixed-line-area' });
    expect(fixedLineFinding('0477-000001')).toMatchObject({ code: 'fixed-line-length' });
    expect(fixedLineFinding('0477-000000001')).toMatchObject({ code: 'fixed-line-length' });
    expect(fixedLineFinding('0477-abcdefg')).toMatchObject({ code: 'fixed-line-format' });
  });
});

describe('a number of the group', () => {
  it('is a mobile or a fixed line, never a hotline', () => {
    expect(memberNumberFinding('13900000001')).toBeNull();
    expect(memberNumberFinding('0477-0000001')).toBeNull();
    expect(memberNumberFinding('4000000001')).toMatchObject({ severity: 'error' });
    expect(phoneFinding('400-000-0001')).toBeNull();
  });

  it('that is no number at all says what is expected', () => {
    expect(memberNumberFinding('前台')).toMatchObject({ code: 'phone-format' });
  });
});

describe('a bank account', () => {
  it('has 8 to 30 digits', () => {
    expect(bankAccountFinding('00000001')).toBeNull();
    expect(bankAccountFinding('0000001')).toMatchObject({ severity: 'error' });
    expect(bankAccountFinding('0'.repeat(31))).toMatchObject({ severity: 'error' });
  });

  it('of 16 to 19 digits that fails the card check asks for a look, no more', () => {
    expect(bankAccountFinding('0000000000000018')).toBeNull();
    expect(bankAccountFinding('0000000000000019')).toMatchObject({ severity: 'warning' });
    expect(bankAccountFinding('000000000000019')).toBeNull();
    expect(bankAccountFinding('00000000000000000019')).toBeNull();
  });
});
