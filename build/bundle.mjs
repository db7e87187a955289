/**
 * Bundles the desktop shell: main and preload, one CommonJS file each in dist/electron/. One file,
 * because a sandboxed preload can require nothing of ours; CommonJS, because it cannot be a module.
 * Run alone (`node build/bundle.mjs [--watch]`) or by `npm run build`.
 */
import { builtinModules } from 'node:module';
import { build } from 'vite';
import { ROOT } from './steps.mjs';

for (const name of ['main', 'preload']) {
  await build({
    configFile: false,
    root: ROOT,
    logLevel: 'warn',
    ssr: { noExternal: true, target: 'node' },
    build: {
      // Node of the oldest Electron we run on (25).
      target: 'node18',
      ssr: `electron/${name}.ts`,
      outDir: 'dist/electron',
      emptyOutDir: false,
      minify: false,
      watch: process.argv.includes('--watch') ? {} : null,
      rolldownOptions: {
        external: ['electron', /^node:/, ...builtinModules],
        output: { format: 'cjs', entryFileNames: `${name}.cjs`, codeSplitting: false },
      },
    },
  });
}
