/** What the tests of template packs share in Node. */
import { readFileSync } from 'node:fs';
import coverage from '../../../assets/coverage.json' with { type: 'json' };
import { coverageFrom } from '../../../domain/documents/coverage.ts';
import { checkPack } from '../../../domain/documents/template/pack.ts';
import type { Files } from './files.ts';

export const canPrint = coverageFrom(coverage);

/** `file:line message` of everything that is wrong with a pack. */
export function errorsOf(files: Files): string[] {
  const checked = checkPack(files, canPrint);
  if ('pack' in checked) return [];
  return checked.errors.map(({ file, line, message }) => `${file}:${line} ${message}`);
}

/** The shipped pack's files. */
export const specimenFiles = (): Files =>
  new Map(
    ['manifest.json', 'agreement.md', 'access-agreement.md', 'commitment.md'].map((name) => [
      name,
      new Uint8Array(readFileSync(`assets/templates/specimen/${name}`)),
    ]),
  );
