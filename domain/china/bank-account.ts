import { error, type Finding, warning } from './finding.ts';
import { codeForComparing } from './text.ts';

/** ISO/IEC 7812 (Luhn): bank cards follow it, corporate accounts need not. */
export function passesLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

/** A bank account: 8–30 digits. Of 16–19 digits it may be a card, whose check digit then deserves a look. */
export function bankAccountFinding(typed: string): Finding | null {
  const digits = codeForComparing(typed).replaceAll('-', '');
  if (!/^\d{8,30}$/.test(digits)) {
    return error('bank-account-format', '应为 8–30 位数字，请核对');
  }
  return digits.length >= 16 && digits.length <= 19 && !passesLuhn(digits)
    ? warning('bank-account-luhn', '不符合银行卡校验；若为对公账号可不理会，请核对一遍')
    : null;
}
