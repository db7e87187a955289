import { App, Button } from 'antd';
import { v7 as uuid } from 'uuid';
import type { Edit, StoredRecord } from '../../../domain/sync/record.ts';
import { useWorking } from '../../services.tsx';
import { useOrder } from '../order/open-order.tsx';
import { undoEdits } from './row-edits.ts';

const NO_RECORDS: ReadonlyMap<string, StoredRecord> = new Map();

/** How long a step can be taken back, in seconds. */
const UNDO_SECONDS = 10;

/** Saving rows, and taking the larger steps back. */
export const useRowEdits = () => {
  const { id, commit } = useOrder();
  const records = useWorking((working) => working.records.get(id)) ?? NO_RECORDS;
  const { message, notification } = App.useApp();

  // What cannot be written now is tried again and shown; only a value of a wrong type comes here.
  const save = (edits: readonly Edit[], onRefused?: () => void) => {
    if (edits.length === 0) return;
    commit(edits).catch((error: Error) => {
      onRefused?.();
      message.error(error.message);
    });
  };

  /** Says what was done to pasted values or had no place; with notes it stays until it is closed. */
  const tell = (title: string, notes: readonly string[], undo?: () => void): (() => void) => {
    const key = uuid();
    const close = () => notification.destroy(key);
    notification.open({
      key,
      title,
      type: undo ? 'success' : 'info',
      placement: 'bottom',
      duration: notes.length > 0 ? 0 : UNDO_SECONDS,
      description: notes.length > 0 ? notes.map((note) => <div key={note}>{note}</div>) : undefined,
      actions: undo && (
        <Button
          onClick={() => {
            undo();
            close();
          }}
        >
          撤销
        </Button>
      ),
    });
    return close;
  };

  /** Saves and says so, with 撤销 beside it. */
  const saveWithUndo = (edits: readonly Edit[], says: string, notes: readonly string[] = []) => {
    const undo = undoEdits(edits, (record) => records.get(record)?.values);
    const close = tell(says, notes, () => save(undo));
    save(edits, close);
  };

  return { records, save, saveWithUndo, tell };
};
