/** The simulator as one module, with the product's code in it: as it is, or with one line of it broken. */
import { resolve } from 'node:path';
import { build } from 'vite';
import type { Mutation } from './mutations.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** @throws when the line that a mutation breaks is not there exactly once */
export const bundleSimulator = async (mutation: Mutation | null = null): Promise<string> => {
  let isApplied = mutation === null;
  const result = await build({
    configFile: false,
    root: ROOT,
    logLevel: 'silent',
    ssr: { noExternal: true, target: 'node' },
    build: { ssr: 'test/simulator/worker.ts', write: false, minify: false },
    plugins: [
      {
        name: 'break-one-line',
        transform(code, id) {
          if (!mutation || id !== resolve(ROOT, mutation.file)) return null;
          const count = code.split(mutation.line).length - 1;
          if (count !== 1)
            throw new Error(`${mutation.file} has “${mutation.line}” ${count} times`);
          isApplied = true;
          return { code: code.replace(mutation.line, () => mutation.broken), map: null };
        },
        enforce: 'pre',
      },
    ],
  });
  const output = Array.isArray(result) ? result[0]?.output : 'output' in result && result.output;
  const [chunk] = output || [];
  if (!isApplied || chunk?.type !== 'chunk') throw new Error('the simulator was not bundled');
  return chunk.code;
};
