import { App, Button } from 'antd';
import type { ReactNode } from 'react';
import type { Edit, StoredRecord } from '../../../domain/sync/record.ts';
import { useWorking } from '../../services.tsx';
import { useOrder } from '../order/open-order.tsx';
import { undoEdits } from './row-edits.ts';

const NO_RECORDS: ReadonlyMap<string, StoredRecord> = new Map();

/** Saving rows, and taking the larger steps back. */
export const useRowEdits = () => {
  const { id, commit } = useOrder();
  const records = useWorking((working) => working.records.get(id)) ?? NO_RECORDS;
  const { message, notification } = App.useApp();

  // A failure shows in the order's saving state, where it is tried again.
  const save = (edits: readonly Edit[]) => {
    if (edits.length > 0) commit(edits).catch(() => undefined);
  };

  /** Saves and says so, with 撤销 beside it. */
  const saveWithUndo = (edits: readonly Edit[], says: string) => {
    const undo = undoEdits(edits, (record) => records.get(record)?.values);
    const key = `sheet-${Date.now()}`;
    const takeBack = () => {
      save(undo);
      message.destroy(key);
    };
    message.open({
      key,
      type: 'success',
      duration: 10,
      content: (
        <>
          {says}
          <Button type="link" size="small" onClick={takeBack}>
            撤销
          </Button>
        </>
      ),
    });
    save(edits);
  };

  /** Tells what a paste did to the values or could not place; stays until it is closed. */
  const tell = (notes: readonly string[], title: ReactNode) => {
    if (notes.length > 0) {
      notification.info({
        title,
        description: notes.map((note) => <div key={note}>{note}</div>),
        duration: 0,
      });
    }
  };
  return { records, save, saveWithUndo, tell };
};
