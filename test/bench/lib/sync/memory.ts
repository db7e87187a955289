/** A device of ours whose tables are in memory. */
import { v7 as uuid } from 'uuid';
import type { FieldValue } from '../../../../domain/sync/change.ts';
import { applyPage } from '../../../../domain/sync/pulled.ts';
import * as recollect from '../../../../domain/sync/recollect.ts';
import type { StoredRecord } from '../../../../domain/sync/record.ts';
import * as replica from '../../../../domain/sync/replica.ts';
import type { RoundStore } from '../../../../domain/sync/round.ts';
import type { HistoryRow, OutboxRow, Replica, SyncMeta } from '../../../../domain/sync/tables.ts';

class Rows<T extends { readonly id: string }> {
  readonly rows = new Map<string, T>();
  get = async (id: string) => this.rows.get(id);
  bulkGet = async (ids: string[]) => ids.map((id) => this.rows.get(id));
  bulkPut = async (rows: readonly T[]) => {
    for (const row of rows) this.rows.set(row.id, row);
  };
  bulkDelete = async (ids: string[]) => {
    for (const id of ids) this.rows.delete(id);
  };
  after = async (last: string, limit: number) => {
    const ids = [...this.rows.keys()].filter((id) => id > last).sort();
    return this.bulkGet(ids.slice(0, limit)).then((rows) =>
      rows.filter((row) => row !== undefined),
    );
  };
}

export type MemoryStore = ReturnType<typeof createMemoryStore>;

export function createMemoryStore(device: string) {
  const records = new Rows<StoredRecord>();
  const outbox = new Rows<OutboxRow>();
  const history = new Rows<HistoryRow>();
  let lastPlace = 0;
  let meta: SyncMeta = {
    ...{ epoch: null, cursor: 0, position: null, generation: 1, recollecting: false },
  };
  const tx: Replica = {
    ...{ records, outbox, history },
    // Rows go in and out in the order of the queue.
    async queued(status, limit) {
      const found: OutboxRow[] = [];
      for (const row of outbox.rows.values()) {
        if (row.status === status && found.push(row) === limit) break;
      }
      return found;
    },
    // Leaves room for all that one commit adds.
    async lastPlace() {
      lastPlace += 1_000_000;
      return lastPlace;
    },
    recordsAfter: records.after,
    historyAfter: history.after,
    historyOf: async () => [],
    attachmentsOf: async () => [],
    resendAttachments: async () => [],
    meta: async () => meta,
    async keepMeta(patch) {
      meta = { ...meta, ...patch };
    },
  };
  const store: RoundStore = {
    syncMeta: async () => meta,
    nextChanges: () => replica.nextChanges(tx),
    settle: async (sent, answer, asked) => (await replica.settle(tx, sent, answer, asked)).count,
    async applyPage(page, asked) {
      await applyPage(tx, page, asked);
    },
    async startOver(epoch, asked) {
      await recollect.startOver(tx, epoch, asked);
    },
    nextOffers: (walk) => recollect.nextOffers(tx, walk),
    settleOffers: async (offers, answer, asked) =>
      (await recollect.settleOffers(tx, offers, answer, device, asked)).count,
    recollected: (asked) => recollect.recollected(tx, asked),
    nextAttachment: async () => null,
    attachmentStored: async () => {},
    attachmentRefused: async () => {},
    clockMeasured: async () => {},
    waiting: async () => outbox.rows.size,
  };
  return {
    store,
    records: records.rows,
    commit: (
      edits: readonly { record: string; field: string; value: FieldValue }[],
      by: string,
    ) => {
      const stamped = edits.map((edit) => ({
        ...{ id: uuid(), time: Date.now(), order: edit.record, settles: [] },
        ...edit,
      }));
      return replica.commitEdits(tx, stamped, { device, by }, uuid);
    },
  };
}
