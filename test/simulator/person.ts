/** What the person in front of a device does, in one of its windows. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { type FieldValue, NO_BYTES } from '../../domain/sync/change.ts';
import { conflictsOf, pick } from '../../domain/sync/conflict.ts';
import type { Edit } from '../../domain/sync/record.ts';
import { carriedEntries } from '../../domain/sync/replica.ts';
import { sentAgain } from '../../domain/sync/tables.ts';
import type { Device, Window } from './device.ts';

const FACTS = ['customer.name', 'customer.contact.phone', 'orderNumber'];
const ROW_FACTS = ['extension.number', 'extension.position'];

/** Somebody does something in one of the windows. */
export const act = (device: Device): void => {
  const { random } = device.around.world;
  const window = random.pick(device.windows);
  if (!window) return;
  const rows = [...device.disk.tables.records.values()].filter(({ order }) => order !== '');
  const orders = rows.filter(({ kind }) => kind === 'order');
  const order = random.pick(orders);
  if (!order || (orders.length < 3 && random.chance(0.06))) {
    newOrder(device, window);
    return;
  }
  const row = device.dangers.crowd ? orders[0] : random.pick(rows);
  const conflict = random.pick(conflictsOf(rows));
  const [refused] = [...device.disk.tables.outbox.values()].filter(
    ({ status, code }) => status === 'rejected' && code !== NO_BYTES,
  );
  if (conflict && random.chance(0.3)) {
    const chosen = random.pick([conflict.shown, ...conflict.others]);
    device.saving.save(window, [pick(conflict, chosen?.value)]);
  } else if (refused && random.chance(0.3)) {
    const { record, field } = refused.change;
    device.saving.save(window, [
      { record, order: refused.order, field, value: newValue(device, field) },
    ]);
  } else if (row && random.chance(0.75)) {
    const count = random.chance(0.2) ? 3 : 1;
    for (let i = 0; i < count; i += 1) {
      const facts = row.kind === 'order' ? FACTS : ROW_FACTS;
      const field = device.dangers.crowd ? facts[0] : random.pick(facts);
      if (field && row.kind !== 'attachment') {
        const value = random.chance(0.03) ? random.chance(0.5) : newValue(device, field);
        device.saving.save(window, [{ record: row.id, order: row.order, field, value }]);
      }
    }
  } else if (row?.kind === 'extension' && random.chance(0.3)) {
    device.saving.save(window, [
      { record: row.id, order: row.order, field: 'extension.deleted', value: random.chance(0.7) },
    ]);
  } else if (random.chance(0.4)) {
    attach(device, window, order.id);
  } else {
    const record = device.newId();
    const edit = (field: string): Edit => ({
      record,
      order: order.id,
      field,
      value: newValue(device, field),
    });
    device.saving.save(window, ROW_FACTS.map(edit));
  }
};

const newOrder = (device: Device, window: Window): void => {
  const order = device.newId();
  if (device.around.world.random.chance(0.05)) device.around.witness.foreign.add(order);
  const edit = (field: string): Edit => ({
    record: order,
    order,
    field,
    value: newValue(device, field),
  });
  const createdAt = {
    record: order,
    order,
    field: 'order.createdAt',
    value: Math.floor(device.clock),
  };
  device.saving.save(window, [createdAt, ...FACTS.map(edit)]);
};

const newValue = ({ around }: Device, field: string): FieldValue => {
  const { random } = around.world;
  if (field === 'extension.position') return random.below(6);
  // Few values, so that two people sometimes mean the same.
  return random.chance(0.1) ? null : random.chance(0.3) ? `v${random.below(3)}` : random.hex(6);
};

/** A file that two orders may share. */
const attach = (device: Device, window: Window, order: string): void => {
  const { random } = device.around.world;
  const bytes = new Uint8Array([random.below(6)]);
  const hash = bytesToHex(sha256(bytes));
  const record = device.newId();
  const edits = [{ record, order, field: 'attachment.sha256', value: hash }];
  device.saving.save(window, edits, [{ order, sha256: hash, bytes }]);
};

/** Somebody has everything that was refused sent once more. */
export const retry = (device: Device): void => {
  if (device.windows.length === 0 || device.disk.isFull) return;
  void device.disk.transaction(async (tx) => {
    const refused = [...tx.outbox.rows.values()].filter(({ status }) => status === 'rejected');
    await tx.outbox.bulkPut(refused.map(sentAgain));
  });
};

/** What waits is carried to the office in a file, and taken there as an ordinary push. */
export const carry = async (device: Device): Promise<void> => {
  const { world, service } = device.around;
  if (device.windows.length === 0 || device.disk.isFull) return;
  const changes = await device.disk.transaction(async (tx) => {
    const entries = [...tx.outbox.rows.values()].sort((a, b) => a.place - b.place);
    return (await carriedEntries(tx, entries)).map(({ change }) => change);
  });
  const now = device.clock;
  if (changes.length === 0) return;
  world.after(world.random.below(120_000), () => {
    service.push({ changes, position: null, now, carried: true }).catch(() => undefined);
  });
};
