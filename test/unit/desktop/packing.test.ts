import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';

const require = createRequire(import.meta.url);
const builder = dirname(require.resolve('electron-builder/package.json'));
/** electron-builder reads its configuration with these; taken from beside it. */
const ofBuilder = createRequire(join(builder, 'package.json'));

const readConfiguration = (): Record<string, unknown> =>
  ofBuilder('js-yaml').load(readFileSync('electron-builder.yml', 'utf8'));

const validator = () => {
  const schema = JSON.parse(readFileSync(ofBuilder.resolve('app-builder-lib/scheme.json'), 'utf8'));
  // The schema has keywords of its own (typeof) that only its own tools know.
  return new Ajv({ strict: false, allErrors: true }).compile(schema);
};

test('the packing configuration fits electron-builder’s own schema', () => {
  const fits = validator();
  fits(readConfiguration());
  expect(fits.errors).toBeNull();
});

test('a misspelt setting would be told', () => {
  expect(validator()({ ...readConfiguration(), artefactName: 'x' })).toBe(false);
});

test('every target of the three systems is made, the installer in Chinese', () => {
  const { win, linux, mac, nsis } = readConfiguration() as Record<
    string,
    { target?: { target: string; arch: string[] }[]; installerLanguages?: string[] }
  >;
  const targets = [win, linux, mac].flatMap((system) =>
    (system?.target ?? []).map(({ target, arch }) => `${target} ${arch.join(' ')}`),
  );
  expect(targets).toEqual([
    'nsis x64 arm64',
    'portable x64',
    'deb x64 arm64',
    'AppImage x64 arm64',
    'dmg x64 arm64',
    'zip x64 arm64',
  ]);
  expect(nsis?.installerLanguages).toEqual(['zh_CN']);
});

test('no packed build turns off the sandbox', () => {
  expect(JSON.stringify(readConfiguration())).not.toContain('no-sandbox');
  for (const file of ['main', 'window', 'scheme']) {
    // main.ts only asks whether it was given from outside.
    expect(readFileSync(`electron/${file}.ts`, 'utf8')).not.toContain('appendSwitch');
  }
});

test('every icon that is named exists', () => {
  for (const icon of ['build/icon.ico', 'build/icon.icns', 'build/icons/512x512.png']) {
    expect(existsSync(icon), icon).toBe(true);
  }
});
