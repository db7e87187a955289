/** The dialogs, loaded when one is first wanted: the list must not wait for them. */
import { lazy } from 'react';

export const ExportDialog = lazy(async () => ({
  default: (await import('./export-dialog.tsx')).ExportDialog,
}));
export const ImportDialog = lazy(async () => ({
  default: (await import('./import-dialog.tsx')).ImportDialog,
}));
