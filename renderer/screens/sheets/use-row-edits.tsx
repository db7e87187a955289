import { CheckCircleFilled, CloseOutlined } from '@ant-design/icons';
import { App, Button } from 'antd';
import { useEffect, useState } from 'react';
import type { Edit, StoredRecord } from '../../../domain/sync/record.ts';
import { useWorking } from '../../services.tsx';
import { useOrder } from '../order/open-order.tsx';
import { undoEdits } from './row-edits.ts';

const NO_RECORDS: ReadonlyMap<string, StoredRecord> = new Map();

/** How long a step can be taken back when nothing else was said about it, in ms. */
const UNDO_TIME = 10_000;

interface Step {
  readonly says: string;
  /** What was done to pasted values or had no place; with notes the step stays until it is closed. */
  readonly notes: readonly string[];
  readonly undo: readonly Edit[];
}

/** Saving rows, and taking the larger steps back. `notice` is drawn at the end of the sheet. */
export const useRowEdits = () => {
  const { id, commit } = useOrder();
  const records = useWorking((working) => working.records.get(id)) ?? NO_RECORDS;
  const { message } = App.useApp();
  const [step, setStep] = useState<Step | null>(null);
  const close = () => setStep(null);

  useEffect(() => {
    if (!step || step.notes.length > 0) return;
    const timer = setTimeout(() => setStep(null), UNDO_TIME);
    return () => clearTimeout(timer);
  }, [step]);

  // What cannot be written now is tried again and shown; only a value of a wrong type comes here.
  const save = (edits: readonly Edit[]) => {
    if (edits.length === 0) return;
    commit(edits).catch((error: Error) => {
      close();
      message.error(error.message);
    });
  };

  /** Says what a paste was, without anything to take back. */
  const tell = (says: string, notes: readonly string[]) => setStep({ says, notes, undo: [] });

  /** Saves and says so, with 撤销 beside it. */
  const saveWithUndo = (edits: readonly Edit[], says: string, notes: readonly string[] = []) => {
    setStep({ says, notes, undo: undoEdits(edits, (record) => records.get(record)?.values) });
    save(edits);
  };

  const notice = (
    <div className="sheet-notice" role="alert">
      {step && (
        <div>
          <CheckCircleFilled />
          <p>
            {step.says}
            {step.notes.map((note) => (
              <small key={note}>{note}</small>
            ))}
          </p>
          {step.undo.length > 0 && (
            <Button
              onClick={() => {
                save(step.undo);
                close();
              }}
            >
              撤销
            </Button>
          )}
          <Button type="text" icon={<CloseOutlined />} aria-label="关闭" onClick={close} />
        </div>
      )}
    </div>
  );

  return { records, save, saveWithUndo, tell, notice };
};
