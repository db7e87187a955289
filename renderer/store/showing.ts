/** Keeps the working set current: with what this window writes, and with what the others do. */
import { createStore as createState, type StoreApi } from 'zustand/vanilla';
import type { StoredRecord } from '../../domain/sync/record.ts';
import type { StampedEdit } from './change-log.ts';
import { type OnsiteDatabase, recordsOf } from './database.ts';
import { createElsewhere, keysOf } from './elsewhere.ts';
import { withChanges } from './overlaid-map.ts';
import type { SyncState, WorkingSet } from './store.ts';
import { readTouched, type Touched } from './touch.ts';
import { EMPTY_WORKING_SET, withEdits, withRows } from './working-set.ts';

interface Changed {
  /** Orders, and keys of numbers. */
  readonly changed: readonly string[];
  readonly numbers: readonly string[];
}

/** What tabs on the same store tell each other. */
type Message =
  | Changed
  | { readonly sync: SyncState }
  /** Edits that are being saved: people see each other's typing before the disk has it. */
  | { readonly typing: readonly StampedEdit[] };

/** More edits than that at once are no typing; the other tabs see them when they are saved. */
const TYPING = 50;
/** What another tab typed is no longer shown when it was not saved within so long, in ms. */
const UNSAVED = 2_000;

export interface Showing {
  readonly working: StoreApi<WorkingSet>;
  /** Edits of an order that the database does not show yet, this window's and the others'. */
  pendingOf(order: string): Iterable<StampedEdit>;
  /** Shows edits that are about to be saved, here and in the other tabs. */
  type(edits: readonly StampedEdit[]): void;
  /** Shows what a transaction wrote, here and in the other tabs. */
  publish(touched: Touched): void;
  /** The same of orders as the database has them by now. */
  publishAnew(touched: Touched): Promise<void>;
  setSync(patch: Partial<SyncState>): void;
  /** Has the other tabs look whether there is something to send. */
  nudge(): void;
  openOrder(order: string, ready: Promise<void> | null): Promise<void>;
  closeOrder(order: string): void;
  stop(): void;
}

export interface ShowingParts {
  readonly db: OnsiteDatabase;
  /** This window's edits that are not on disk yet, oldest first. */
  pending(): Iterable<StampedEdit>;
  /** Called when another tab wrote something, or nudges. */
  onOthers(): void;
}

export const createShowing = ({ db, pending, onOthers }: ShowingParts): Showing => {
  const working = createState<WorkingSet>(() => EMPTY_WORKING_SET);
  const askElsewhere = createElsewhere(db, working);
  const channel = new BroadcastChannel(`onsite:${db.name}`);
  const tell = (message: Message) => channel.postMessage(message);
  /** How many screens have an order open. */
  const open = new Map<string, number>();
  /** Counts what was shown, so that a slow read notices that it is old. */
  let version = 0;
  /** What other tabs said they are saving, by place, until the database shows it. */
  const typedElsewhere = new Map<string, StampedEdit>();

  function* pendingOf(order: string): Generator<StampedEdit> {
    for (const edit of typedElsewhere.values()) if (edit.order === order) yield edit;
    for (const edit of pending()) if (edit.order === order) yield edit;
  }

  /** Shows in the working set what a transaction wrote. */
  const show = ({ orders, rejected, numbers }: Touched) => {
    const rows = [...orders.values()].flatMap((order) => order.rows);
    for (const { id, changes } of typedElsewhere.size > 0 ? rows : []) {
      for (const [field, change] of Object.entries(changes)) {
        const edit = typedElsewhere.get(`${id}/${field}`);
        // Ids of one device's changes follow its clock.
        if (edit && change >= edit.id) typedElsewhere.delete(`${id}/${field}`);
      }
    }
    version += 1;
    const listed = new Map([...orders].map(([id, { summary }]) => [id, summary]));
    working.setState((state) => {
      let records = state.records;
      for (const [id, { rows }] of orders) {
        const shown = records.get(id);
        const after = shown && withRows(shown, rows, pendingOf(id));
        if (after && after !== shown) records = new Map(records).set(id, after);
      }
      const noneRefused = !rejected || rejected.length + state.rejected.length === 0;
      return {
        summaries: withChanges(state.summaries, listed),
        records,
        rejected: noneRefused ? state.rejected : rejected,
      };
    });
    askElsewhere(numbers);
  };

  const publish = (touched: Touched) => {
    show(touched);
    if (touched.orders.size > 0) {
      tell({ changed: [...touched.orders.keys()], numbers: [...touched.numbers] });
    }
  };

  const readAgain = (changed: Changed): Promise<Touched> =>
    db.transaction('r', db.shown, () => readTouched(db, changed, (id) => open.has(id)));

  const showAgain = (changed: Changed): void => {
    readAgain(changed)
      .then(show)
      // A database that is being closed has nothing left to show.
      .catch(() => undefined);
  };

  /** Shows edits in the orders that are open here. */
  const showTyping = (edits: readonly StampedEdit[]) =>
    working.setState(({ records }) => {
      const after = new Map(records);
      for (const order of new Set(edits.map((edit) => edit.order))) {
        const shown = records.get(order);
        const mine = edits.filter((edit) => edit.order === order);
        if (shown) after.set(order, withEdits(shown, mine));
      }
      return { records: after };
    });

  const typedByOthers = (typing: readonly StampedEdit[]) => {
    const shown = typing.filter(({ order }) => open.has(order));
    const keyed = shown.map((edit) => [`${edit.record}/${edit.field}`, edit] as const);
    for (const [place, edit] of keyed) typedElsewhere.set(place, edit);
    showTyping(shown);
    setTimeout(() => {
      const unsaved = keyed.filter(([place, edit]) => typedElsewhere.get(place) === edit);
      if (unsaved.length === 0) return;
      for (const [place] of unsaved) typedElsewhere.delete(place);
      showAgain({ changed: [...new Set(unsaved.map(([, { order }]) => order))], numbers: [] });
    }, UNSAVED);
  };

  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if ('sync' in data) working.setState({ sync: data.sync });
    else if ('typing' in data) typedByOthers(data.typing);
    else {
      showAgain(data);
      onOthers();
    }
  };

  return {
    working,
    pendingOf,
    type: (edits) => {
      showTyping(edits);
      if (edits.length > 0 && edits.length <= TYPING) tell({ typing: edits });
    },
    publish,
    publishAnew: async ({ orders, numbers }) => {
      const changed = [...orders.keys()];
      if (changed.length > 0) publish(await readAgain({ changed, numbers: [...numbers] }));
    },
    setSync: (patch) => {
      working.setState(({ sync }) => ({ sync: { ...sync, ...patch } }));
      tell({ sync: working.getState().sync });
    },
    nudge: () => tell({ changed: [], numbers: [] }),
    openOrder: async (order, ready) => {
      open.set(order, (open.get(order) ?? 0) + 1);
      await ready;
      let rows: readonly StoredRecord[];
      let read: number;
      do {
        read = version;
        rows = await recordsOf(db, order).toArray();
      } while (read !== version);
      if (!open.has(order)) return;
      working.setState(({ records }) => {
        const shown = withRows(records.get(order) ?? new Map(), rows, pendingOf(order));
        return { records: new Map(records).set(order, shown) };
      });
      askElsewhere(keysOf(working.getState().records.get(order) ?? new Map(), db.blind));
    },
    closeOrder: (order) => {
      const left = (open.get(order) ?? 1) - 1;
      if (left > 0) {
        open.set(order, left);
        return;
      }
      open.delete(order);
      working.setState((state) => {
        const [records, elsewhere] = [new Map(state.records), new Map(state.elsewhere)];
        records.delete(order);
        elsewhere.delete(order);
        return { records, elsewhere };
      });
    },
    stop: () => channel.close(),
  };
};
