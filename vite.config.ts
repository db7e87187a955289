import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `npm run dev` without a display: the service behind Vite's own server, one origin as in the office. */
const service = process.env.ONSITE_DEV_SERVICE;
const proxy = service
  ? {
      '^/(health|enrol|accounts|sync|attachments|uploads|office|docs)(/|$)': {
        target: service,
        changeOrigin: true,
      },
    }
  : {};

/** A part of the Markdown reader whose build for browsers asks the DOM, which the print worker lacks. */
const ENTITIES = 'decode-named-character-reference';
export const resolve = {
  alias: {
    [ENTITIES]: fileURLToPath(new URL(`./node_modules/${ENTITIES}/index.js`, import.meta.url)),
  },
};

/** The page: built once, shown by the desktop shell from app://onsite/ and by the service over HTTP. */
export default defineConfig({
  root: 'renderer',
  base: './',
  plugins: [react()],
  resolve,
  // The oldest engine we support is Electron 25's Chromium.
  build: { target: 'chrome114', outDir: '../dist/renderer', emptyOutDir: true },
  worker: {
    format: 'es',
    // jsPDF loads these only to draw HTML and SVG, which we never ask of it.
    rolldownOptions: { external: ['html2canvas', 'dompurify', 'canvg'] },
  },
  server: { proxy },
});
