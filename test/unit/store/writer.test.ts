import { expect, test } from 'vitest';
import type { StampedEdit } from '../../../domain/sync/edits.ts';
import { type Batch, createWriter } from '../../../renderer/store/writer.ts';

const edit = (value: string, more: Partial<StampedEdit> = {}): StampedEdit => ({
  ...{ id: value, time: 0, record: 'r', order: 'r', field: 'customer.name', value },
  ...more,
});

test('what is typed over a pick before that is written settles what the pick did', async () => {
  const written: StampedEdit[] = [];
  const writer = createWriter({
    write: async ({ edits }: Batch) => void written.push(...edits.values()),
    show: () => {},
    confirm: async () => {},
    report: () => {},
    reasonOf: async () => '',
  });
  await Promise.all([
    writer.add([edit('picked', { follows: 'shown', settles: ['other'] })], []),
    writer.add([edit('typed', { follows: 'picked' })], []),
    writer.add([edit('typed on', { follows: 'typed' })], []),
  ]);
  expect(written).toEqual([edit('typed on', { follows: 'shown', settles: ['other'] })]);
});
