/** What a round asks of the device's store and, over the network, of the service. */
import { type Change, NO_BYTES } from '../../domain/sync/change.ts';
import { applyPage } from '../../domain/sync/pulled.ts';
import * as recollect from '../../domain/sync/recollect.ts';
import { STORED_FIELD } from '../../domain/sync/record.ts';
import * as replica from '../../domain/sync/replica.ts';
import type { RoundService, RoundStore } from '../../domain/sync/round.ts';
import { ServiceError } from '../../domain/sync/service-error.ts';
import { isLate } from '../../domain/sync/tables.ts';
import type { Device, Window } from './device.ts';
import type { Tables, Transaction } from './disk.ts';
import { noteReplaced, seenBy, short, tellMade } from './saving.ts';

export const serviceOf = (device: Device, window: Window): RoundService => {
  const { network, service } = device.around;
  const ask = <T>(call: () => Promise<T>) =>
    device.port(window, () => network.ask(device.name, call));
  const push = (changes: readonly Change[], position: string | null, again: boolean) => {
    const now = device.clock;
    return ask(() => service.push({ changes, position, now, again }));
  };
  return {
    push: (changes, position) => push(changes, position, false),
    recollect: (offers, position) => push(offers, position, true),
    pull: (cursor, position) => ask(() => service.pull(cursor, position)),
    putAttachment: (hash, order, bytes) =>
      ask(async () => {
        const stored = await service.put(hash, order);
        if (stored !== 'stored') {
          throw new ServiceError('answered', stored, '服务上没有这个工单', 404);
        }
        return { sha256: hash, size: bytes.length };
      }),
  };
};

export const storeOf = (device: Device, window: Window): RoundStore => {
  const { witness } = device.around;
  const transaction = <T>(
    work: (tx: Transaction) => Promise<T>,
    keep: (tables: Tables, before: Tables) => void = () => {},
  ) =>
    device.port(window, () => {
      let before = device.disk.tables;
      return device.disk.transaction(
        (tx) => {
          before = device.disk.tables;
          return work(tx);
        },
        (tables) => keep(tables, before),
      );
    });
  return {
    syncMeta: () => device.port(window, async () => device.disk.tables.meta),
    nextChanges: () => transaction(replica.nextChanges),
    settle: async (sent, answer, asked) => {
      const settled = await transaction(
        (tx) => replica.settle(tx, sent, answer, asked),
        (tables, before) => {
          for (const { change } of answer.receipts) {
            const row = before.outbox.get(change);
            if (row && !tables.outbox.has(change)) witness.holds(device.name, change);
          }
          // What was refused and typed over meanwhile, the person has given up.
          for (const { change, code } of answer.rejections) {
            device.tell(() => `${short(change)} is refused: ${code}`);
            const row = before.outbox.get(change);
            const shown = row && tables.records.get(row.change.record)?.changes[row.change.field];
            const isOver = shown !== change || row?.change.field === STORED_FIELD;
            if (row && !tables.outbox.has(change) && isOver) witness.given.add(change);
          }
        },
      );
      return settled.count;
    },
    applyPage: (page, asked) =>
      transaction(
        async (tx) => void (await applyPage(tx, page, asked)),
        (tables, { meta }) => {
          if (isLate(asked, meta) || meta.cursor !== asked.cursor) return;
          for (const { record, field, change, others = [] } of page.fields) {
            const said = tables.records.get(record)?.server?.[field];
            // Told of before the service was told what it had lost: not believed yet.
            if (said?.generation !== meta.generation) continue;
            for (const id of [change, ...others.map((other) => other.change)]) {
              witness.holds(device.name, id);
            }
          }
        },
      ),
    startOver: (epoch, asked) => {
      device.tell(() => 'notices that the service lost something');
      return transaction(async (tx) => void (await recollect.startOver(tx, epoch, asked)));
    },
    nextOffers: (walk) => transaction((tx) => recollect.nextOffers(tx, walk)),
    settleOffers: async (offers, answer, asked) => {
      const settled = await transaction(
        (tx) => recollect.settleOffers(tx, offers, answer, device.id, asked),
        () => {
          for (const { change, code } of answer.rejections) {
            device.tell(() => `${short(change)} is refused when told again: ${code}`);
            if (code === NO_BYTES) witness.given.add(change);
          }
        },
      );
      return settled.count;
    },
    recollected: (asked) => transaction((tx) => recollect.recollected(tx, asked)),
    nextAttachment: (tried) =>
      device.port(window, async () => {
        for (const { sha256: hash, bytes, waiting } of device.disk.tables.attachments.values()) {
          const [order] = waiting;
          if (order && !tried.has(hash)) return { order, sha256: hash, bytes };
        }
        return null;
      }),
    attachmentStored: (receipt) => {
      let noted: readonly Change[] = [];
      return transaction(
        async (tx) => {
          const row = tx.attachments.get(receipt.sha256);
          if (!row) return;
          tx.attachments = new Map(tx.attachments).set(row.sha256, { ...row, waiting: [] });
          const author = { device: device.id, by: device.name };
          const time = Math.floor(device.clock);
          ({ changes: noted } = await replica.noteStored(tx, row, time, author, () =>
            device.newId(),
          ));
        },
        (tables, before) => {
          const typed = { at: device.around.world.now, jumps: device.jumps };
          for (const change of noted) {
            const seen = seenBy(change, before.records.get(change.record));
            witness.committed(device.name, change, seen, typed);
            tellMade(device, change);
          }
          noteReplaced(device, before, tables);
        },
      );
    },
    // The order whose changes were all refused: nothing will ever refer to the bytes.
    attachmentRefused: (hash) =>
      transaction(async (tx) => {
        const rows = [...tx.attachments].filter(([key]) => key !== hash);
        tx.attachments = new Map(rows);
      }),
    clockMeasured: () => device.pause(window),
    waiting: () => device.port(window, async () => device.disk.tables.outbox.size),
  };
};
