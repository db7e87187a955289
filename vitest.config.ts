import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { serviceCommands } from './test/unit/store/service-commands.ts';
import { resolve } from './vite.config.ts';

/** `unit` runs in Node; `browser` runs what needs a real IndexedDB in a real Chromium. */
export default defineConfig({
  test: {
    globalSetup: './test/prepared-database.ts',
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/unit/**/*.test.tsx'],
          exclude: ['**/*.browser.test.*'],
          testTimeout: 30_000,
          // On two cores Vitest would take one: many of these tests wait for a line, a disk, a process.
          maxWorkers: 2,
          // After the screens, which nothing else may slow.
          sequence: { groupOrder: 1 },
        },
      },
      {
        resolve,
        // Found while a test runs, these would make Vite reload it.
        optimizeDeps: {
          include: [
            '@libpdf/core',
            'antd',
            '@ant-design/icons',
            'dayjs',
            'dayjs/plugin/customParseFormat',
            '@noble/ciphers/webcrypto.js',
            '@noble/curves/ed25519.js',
            'comlink',
            'fflate',
            'hash-wasm',
            'jspdf',
            'mdast-util-from-markdown',
            'mdast-util-gfm-table',
            'micromark-extension-gfm-table',
            'pdfjs-dist/legacy/build/pdf.mjs',
            'signature_pad',
            'write-excel-file/universal',
            'tus-js-client',
            'zustand/react/shallow',
          ],
        },
        test: {
          name: 'browser',
          include: ['test/unit/**/*.browser.test.{ts,tsx}'],
          testTimeout: 30_000,
          // What comes over a real line takes its time on a busy machine.
          expect: { poll: { timeout: 20_000 } },
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            commands: serviceCommands,
            provider: playwright({
              launchOptions: {
                executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
                args: ['--no-sandbox', '--disable-background-networking'],
              },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
