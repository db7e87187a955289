/** What the tests of template packs share. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import coverage from '../../../assets/coverage.json' with { type: 'json' };
import { coverageFrom } from '../../../domain/documents/coverage.ts';
import { checkPack } from '../../../domain/documents/template/pack.ts';

export const canPrint = coverageFrom(coverage);

export type Files = Map<string, Uint8Array>;

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const TEXTS: Readonly<Record<string, string>> = {
  'agreement.md': '# 样例协议\n\n{{signatures}}\n',
  'access-agreement.md': '# 样例入网协议\n\n{{signatures}}\n',
  'commitment.md': '# 样例承诺书\n\n{{signatures:customer}}\n',
};

/** A small pack that is right, with these texts and parts of the manifest instead of its own. */
export function packFilesWith(
  texts: Readonly<Record<string, string>> = {},
  manifest: Readonly<Record<string, unknown>> = {},
): Files {
  const files: Files = new Map(
    Object.entries({ ...TEXTS, ...texts }).map(([name, text]) => [name, bytesOf(text)]),
  );
  const hashes = [...files].map(([name, bytes]) => [
    name,
    createHash('sha256').update(bytes).digest('hex'),
  ]);
  const written = {
    format: 'onsite-templates',
    id: 'sample',
    version: '1',
    title: '样例模板',
    effectiveOn: '2026-01-01',
    files: Object.fromEntries(hashes),
    ...manifest,
  };
  return files.set('manifest.json', bytesOf(JSON.stringify(written, null, 2)));
}

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
