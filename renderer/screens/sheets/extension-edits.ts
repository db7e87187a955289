import type { Edit, StoredRecord } from '../../../domain/sync/record.ts';
import { positionsBehind, type TableChange } from './extension-rows.ts';
import { addRow, editRow, type Patch } from './row-edits.ts';

/** The extension table as it lies in the change log: its order's id, its rows' ids and records. */
export interface ExtensionRecords {
  readonly order: string;
  readonly ids: readonly string[];
  readonly records: ReadonlyMap<string, StoredRecord>;
}

/**
 * New rows behind row `index` (-1: before the first). The other rows keep their positions, unless
 * there is no room left between them.
 *
 * @param firstId the id of the first new row, when that matters
 */
export const insertRows = (
  { order, ids, records }: ExtensionRecords,
  index: number,
  patches: readonly Patch[],
  firstId?: string,
): Edit[] => {
  const positions = ids.map((id) => {
    const position = records.get(id)?.values['extension.position'];
    return typeof position === 'number' ? position : undefined;
  });
  const between = positionsBehind(positions, index, patches.length);
  const renumbered = between
    ? []
    : ids.flatMap((id, at) =>
        editRow('extension', order, id, { position: at + 1 + (at > index ? patches.length : 0) }),
      );
  const added = patches.flatMap((patch, at) => {
    const position = between?.[at] ?? index + at + 2;
    return addRow('extension', order, { position, ...patch }, at === 0 ? firstId : undefined);
  });
  return [...renumbered, ...added];
};

/** What a fill down or a paste changes; rows are added at the end, the first of them with `newId`. */
export const editsOfChange = (
  table: ExtensionRecords,
  { set, add }: Pick<TableChange, 'set' | 'add'>,
  newId: string,
): Edit[] => [
  ...set.flatMap(({ row, patch }) =>
    editRow('extension', table.order, table.ids[row] ?? newId, patch),
  ),
  ...(add.length > 0 ? insertRows(table, table.ids.length - 1, add, newId) : []),
];
