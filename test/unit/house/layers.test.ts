import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';

/** Where code of each room lies, as a file of it is named. */
const ROOMS = {
  domain: 'domain/order/probe.ts',
  pdf: 'domain/documents/pdf.ts',
  renderer: 'renderer/screens/orders/probe.ts',
  store: 'renderer/store/probe.ts',
  electron: 'electron/probe.ts',
  server: 'server/service/probe.ts',
  sql: 'server/store/probe.ts',
} as const;

type Room = keyof typeof ROOMS;

/** Who may import what: everyone else must be refused. Folders of ours, then libraries with a home. */
const MAY: Readonly<Record<string, readonly Room[]>> = {
  'domain/x.ts': ['domain', 'pdf', 'renderer', 'store', 'electron', 'server', 'sql'],
  'assets/x.json': ['renderer', 'store', 'server', 'sql'],
  'renderer/x.ts': ['renderer', 'store'],
  'electron/x.ts': ['electron'],
  'server/x.ts': ['server', 'sql'],
  'build/x.mjs': [],
  'test/x.ts': [],
  electron: ['electron'],
  'electron/main': ['electron'],
  dexie: ['store'],
  'dexie/dist/dexie.mjs': ['store'],
  jspdf: ['pdf'],
  'jspdf/dist/jspdf.es.js': ['pdf'],
  pg: ['sql'],
  'pg/lib/client': ['sql'],
  'better-auth': ['server', 'sql'],
  'better-auth/adapters/drizzle': ['server', 'sql'],
  'drizzle-orm': ['sql'],
  'drizzle-orm/pg-core': ['sql'],
  '@electric-sql/pglite': ['sql'],
  react: ['renderer', 'store'],
  'react/jsx-runtime': ['renderer', 'store'],
  'react-dom/client': ['renderer', 'store'],
  antd: ['renderer', 'store'],
  'zustand/vanilla': ['renderer', 'store'],
  'node:fs': ['electron', 'server', 'sql'],
  'node:fs/promises': ['electron', 'server', 'sql'],
  // Without its protocol a module of Node would pass for a library: nobody writes it so.
  fs: [],
};

/** Every way that code gets at other code, one to a line. */
const WAYS: readonly ((from: string) => string)[] = [
  (from) => `import '${from}';`,
  (from) => `import type * as it from '${from}';`,
  (from) => `export * from '${from}';`,
  (from) => `export const load = () => import('${from}');`,
];

const OURS = /^(?:domain|assets|renderer|electron|server|build|test)\/x\./;
const LAYER_RULES = ['noRestrictedImports', 'useNodejsImportProtocol'];

const reportSchema = z.object({
  diagnostics: z.array(
    z.object({
      severity: z.string(),
      category: z.string(),
      location: z.object({ path: z.string(), start: z.object({ line: z.number() }) }),
    }),
  ),
});

const lines = Object.keys(MAY).flatMap((target) => WAYS.map((way) => ({ target, way })));

/** A room's file that imports everything there is. */
const probe = (file: string): string =>
  lines
    .map(({ target, way }) =>
      way(OURS.test(target) ? `${relative(dirname(file), target)}` : target),
    )
    .join('\n');

test('each room may import what the architecture says, and nothing else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'onsite-layers-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await copyFile('biome.json', join(folder, 'biome.json'));
  for (const file of Object.values(ROOMS)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), probe(file));
  }

  const options = ['--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none'];
  const { stdout } = spawnSync(resolve('node_modules/.bin/biome'), ['lint', ...options, '.'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const refused = new Set(
    reportSchema
      .parse(JSON.parse(stdout))
      .diagnostics.filter(({ severity }) => severity === 'error')
      .filter(({ category }) => LAYER_RULES.some((rule) => category.endsWith(`/${rule}`)))
      .map(({ location }) => `${location.path}:${location.start.line}`),
  );

  const wrong = Object.entries(ROOMS).flatMap(([room, file]) =>
    lines.flatMap(({ target, way }, index) => {
      const may = MAY[target]?.some((name) => name === room) ?? false;
      const did = !refused.has(`${file}:${index + 1}`);
      return may === did
        ? []
        : [`${room} ${may ? 'must be allowed' : 'must not say'} ${way(target)}`];
    }),
  );
  expect(wrong).toEqual([]);
});
