/**
 * Writes the SHA-256 of each text into the manifest of a pack, after a text was changed:
 * `npx tsx build/templates.ts [DIR]`; the shipped specimen without DIR. Raise `version` by hand.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { MANIFEST, TEXT_FILES } from '../domain/documents/template/manifest.ts';

const specimen = fileURLToPath(new URL('../assets/templates/specimen', import.meta.url));
const folder = process.argv[2] ?? specimen;
const path = join(folder, MANIFEST);
const files = Object.fromEntries(
  TEXT_FILES.map(({ file }) => {
    const bytes = readFileSync(join(folder, file));
    return [file, createHash('sha256').update(bytes).digest('hex')];
  }),
);
const manifest = { ...JSON.parse(readFileSync(path, 'utf8')), files };
writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
