import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The page: built once, shown by the desktop shell from app://onsite/ and by the service over HTTP. */
export default defineConfig({
  root: 'renderer',
  base: './',
  plugins: [react()],
  // The oldest engine we support is Electron 25's Chromium.
  build: { target: 'chrome114', outDir: '../dist/renderer', emptyOutDir: true },
  worker: { format: 'es' },
});
