/** `npm run build`: the page into dist/renderer/, the shell into dist/electron/. */
import { ensureModules } from './modules.mjs';
import { ensureBuilt } from './sources.mjs';

ensureModules();
ensureBuilt({ always: true });
