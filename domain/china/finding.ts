/**
 * What is wrong with a value, by one of the rules of this folder. `code` is stable and kebab-case;
 * `says` is Chinese, reads on after the name of the field and says what to do.
 */
export interface Finding {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly says: string;
}

export const error = (code: string, says: string): Finding => ({ code, severity: 'error', says });
export const warning = (code: string, says: string): Finding => ({
  code,
  severity: 'warning',
  says,
});
