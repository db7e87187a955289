export * from '../../domain/sync/edits.ts';
