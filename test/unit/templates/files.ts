/** Small packs for the tests, in Node and in the page. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

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
  const hashes = [...files].map(([name, bytes]) => [name, bytesToHex(sha256(bytes))]);
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
