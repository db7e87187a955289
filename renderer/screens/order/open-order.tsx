import { App } from 'antd';
import {
  createContext,
  type ReactNode,
  use,
  useCallback,
  useDeferredValue,
  useEffect,
  useMemo,
  useState,
} from 'react';
import { useShallow } from 'zustand/react/shallow';
import { check } from '../../../domain/order/check.ts';
import type { FactKey, FactValue } from '../../../domain/order/dictionary.ts';
import type { Problem } from '../../../domain/order/order.ts';
import type { Reference } from '../../../domain/order/reference.ts';
import { remarkProblems } from '../../../domain/review/review.ts';
import { type AssembledOrder, assembleOrder } from '../../../domain/sync/assemble.ts';
import type { Edit } from '../../../domain/sync/record.ts';
import { reference as shipped } from '../../reference.ts';
import { useServices, useWorking } from '../../services.tsx';
import { namesElsewhere } from '../../store/elsewhere.ts';
import type { AttachmentBytes } from '../../store/store.ts';
import { useHalfTypedProblems } from './half-typed.ts';

/** The order that the workspace shows. Ids and attachments as in `AssembledOrder`. */
export interface OpenOrder extends AssembledOrder {
  readonly id: string;
  /** What the checklist shows, stage `filling`; may trail the order by a frame while somebody types fast. */
  readonly problems: readonly Problem[];
  /** What `check` looks up beside the order: what the app ships, and the other orders of the device. */
  readonly reference: Reference;
  commit(edits: readonly Edit[], attachments?: readonly AttachmentBytes[]): Promise<void>;
  /** Gives one of the order's own facts a value; null empties it. Failures show in the saving state. */
  setFact(key: FactKey, value: FactValue | null): void;
}

const Context = createContext<OpenOrder | null>(null);

/** The open order; only inside the workspace. */
export const useOrder = (): OpenOrder => {
  const order = use(Context);
  if (!order) throw new Error('useOrder outside of OrderProvider');
  return order;
};

/** Opens an order for the screens inside it; `missing` is shown when this device has no such order. */
export const OrderProvider = (props: { id: string; missing: ReactNode; children: ReactNode }) => {
  const { id } = props;
  const { store } = useServices();
  const { message } = App.useApp();
  const [failure, setFailure] = useState<unknown>(null);
  useEffect(() => {
    store.openOrder(id).catch(setFailure);
    return () => store.closeOrder(id);
  }, [store, id]);
  const known = useWorking((working) => working.summaries.has(id));
  const records = useWorking((working) => working.records.get(id));
  const assembled = useMemo(() => records && assembleOrder(records.values()), [records]);
  const elsewhere = useWorking(useShallow((working) => namesElsewhere(working, id)));
  const reference = useMemo(() => ({ ...shipped, elsewhere }), [elsewhere]);
  const settled = useDeferredValue(assembled?.order);
  const halfTyped = useHalfTypedProblems(id);
  const head = records?.get(id);
  const remarks = useMemo(
    () => (assembled ? remarkProblems(head, assembled) : []),
    [head, assembled],
  );
  const problems = useMemo(
    () => (settled ? [...remarks, ...halfTyped, ...check(settled, reference)] : []),
    [settled, remarks, halfTyped, reference],
  );
  const setFact = useCallback(
    (field: FactKey, value: FactValue | null) => {
      const edit: Edit = {
        record: id,
        order: id,
        field,
        value: typeof value === 'object' && value ? [...value] : value,
      };
      // What cannot be written now is tried again and shown; only a value of a wrong type comes here.
      store.commit([edit]).catch((error: Error) => message.error(error.message));
    },
    [store, message, id],
  );
  const open = useMemo<OpenOrder | null>(
    () =>
      assembled
        ? {
            ...assembled,
            id,
            problems,
            reference,
            commit: (edits, attachments) => store.commit(edits, attachments),
            setFact,
          }
        : null,
    [assembled, id, problems, reference, store, setFact],
  );
  // The page of what is wrong with the store stands above the screens.
  if (failure) throw failure;
  if (!known) return props.missing;
  return open && <Context value={open}>{props.children}</Context>;
};
