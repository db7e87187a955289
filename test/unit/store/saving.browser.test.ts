import fc from 'fast-check';
import { v7 as uuid } from 'uuid';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { signatureDigest } from '../../../domain/order/signature.ts';
import { assembleOrder } from '../../../domain/sync/assemble.ts';
import type { FieldValue } from '../../../domain/sync/change.ts';
import type { Edit } from '../../../domain/sync/record.ts';
import type { OnsiteStore } from '../../../renderer/store/index.ts';
import { decodeEntry } from '../../../renderer/store/journal.ts';
import { LostStoreError } from '../../../renderer/store/reasons.ts';
import { InvalidEditError } from '../../../renderer/store/store.ts';
import { fakePlatform } from './fake-platform.ts';
import { answer, closeStores, enrolment, fact, openStore } from './stores.ts';
import { TEST_KEYS } from './test-keys.ts';

afterEach(closeStores);

const saving = (store: OnsiteStore) => store.working.getState().saving;
const summary = (store: OnsiteStore, order: string) =>
  store.working.getState().summaries.get(order);
const shown = (store: OnsiteStore, order: string, field: string, record = order) =>
  store.working.getState().records.get(order)?.get(record)?.values[field];
/** All changes that wait to be sent, marked as sent. */
const outgoing = async (store: OnsiteStore) =>
  (await store.sealed.nextChanges()).map(({ change }) => change);

const changesOf = (bytes: Uint8Array) => {
  const entry = decodeEntry(bytes, TEST_KEYS.cipher('journal'));
  return entry?.kind === 'changes' ? entry.changes : [];
};

/** A promise and how to settle it. */
const gate = () => {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
};

describe('what is shown as saved', () => {
  test('is there after the store was closed and opened again', async () => {
    const store = await openStore('reopen');
    const order = await store.createOrder();
    await store.commit([fact(order, 'customer.name', '样例诊所')]);
    await store.close();

    const again = await openStore('reopen');
    expect(summary(again, order)?.customer).toBe('样例诊所');
    await again.openOrder(order);
    expect(shown(again, order, 'customer.name')).toBe('样例诊所');
    expect((await outgoing(again)).map(({ value }) => value)).toContain('样例诊所');
  });

  test('is never said before the journal has it', async () => {
    const platform = fakePlatform();
    const store = await openStore('journal-last', platform);
    const order = await store.createOrder();
    const disk = gate();
    platform.hold = () => disk.passed;
    const saved = store.commit([fact(order, 'customer.name', '样例诊所')]);
    expect(saving(store).state).toBe('saving');
    await expect.poll(() => summary(store, order)?.customer).toBe('样例诊所');
    expect(saving(store).state).toBe('saving');

    disk.open();
    await saved;
    expect(platform.entries.flatMap((entry) => changesOf(entry)).at(-1)?.value).toBe('样例诊所');
    await expect.poll(() => saving(store).state).toBe('saved');
  });

  test('shows on the screen at once, and goes on saving until the last letter is on disk', async () => {
    const store = await openStore('typing');
    const order = await store.createOrder();
    await store.openOrder(order);
    const commits: Promise<void>[] = [];
    for (let length = 1; length <= 20; length += 1) {
      commits.push(
        store.commit([fact(order, 'customer.name', '样例诊所'.repeat(5).slice(0, length))]),
      );
      expect(shown(store, order, 'customer.name')).toHaveLength(length);
      expect(saving(store).state).toBe('saving');
      if (length % 4 === 0) await new Promise((resolve) => setTimeout(resolve, 3));
    }
    await Promise.all(commits);
    await expect.poll(() => saving(store).state).toBe('saved');
    // Twenty letters, one change to send: what never left the device is replaced.
    const names = (await outgoing(store)).filter(({ field }) => field === 'customer.name');
    expect(names.map(({ value, was }) => [value, was])).toEqual([['样例诊所'.repeat(5), null]]);
  });

  test('is not written when nothing changed', async () => {
    const platform = fakePlatform();
    const store = await openStore('same', platform);
    const order = await store.createOrder();
    await store.commit([fact(order, 'kinds', ['new'])]);
    const journalled = () => platform.entries.flatMap((entry) => changesOf(entry)).length;
    const before = journalled();
    await store.commit([fact(order, 'kinds', ['new']), fact(order, 'customer.name', null)]);
    await store.openOrder(order);
    await store.commit([fact(order, 'kinds', ['new'])]);
    expect(journalled()).toBe(before);
  });

  test('is refused as a whole, with the reason, when one edit is none', async () => {
    const store = await openStore('invalid');
    const order = await store.createOrder();
    await store.openOrder(order);
    const edits = [fact(order, 'customer.name', '样例诊所'), fact(order, 'agreement.copies', '四')];
    await expect(store.commit(edits)).rejects.toThrow(InvalidEditError);
    await expect(store.commit([fact(order, 'no.such', 1)])).rejects.toThrow(/no\.such/);
    expect(shown(store, order, 'customer.name')).toBeUndefined();
    expect(saving(store).state).toBe('saved');
  });
});

describe('when saving fails', () => {
  test('for the journal, it says so, keeps the value, and saves it later', async () => {
    const platform = fakePlatform();
    const store = await openStore('journal-fails', platform);
    const order = await store.createOrder();
    await store.openOrder(order);
    platform.hold = () => Promise.reject(new Error('ENOSPC'));
    const saved = store.commit([fact(order, 'customer.name', '样例诊所')]);
    await expect.poll(() => saving(store).state).toBe('failed');
    expect(saving(store)).toMatchObject({ message: expect.stringMatching(/磁盘.*不要关闭窗口/) });
    expect(shown(store, order, 'customer.name')).toBe('样例诊所');

    platform.hold = async () => {};
    await saved;
    expect(platform.entries.flatMap((entry) => changesOf(entry)).at(-1)?.value).toBe('样例诊所');
    await expect.poll(() => saving(store).state).toBe('saved');
  });

  test('for a full disk, everything typed since is saved once there is room', async () => {
    const store = await openStore('quota');
    const order = await store.createOrder();
    await store.openOrder(order);
    const full = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('', 'QuotaExceededError');
    });
    const saved = [store.commit([fact(order, 'customer.name', '样例诊所')])];
    await expect.poll(() => saving(store).state, { timeout: 5_000 }).toBe('failed');
    expect(saving(store)).toMatchObject({ message: expect.stringContaining('磁盘空间不足') });
    saved.push(store.commit([fact(order, 'customer.contact.phone', '13900000001')]));
    expect(shown(store, order, 'customer.name')).toBe('样例诊所');
    expect(saving(store).state).toBe('failed');

    full.mockRestore();
    await Promise.all(saved);
    await expect.poll(() => saving(store).state).toBe('saved');
    expect(summary(store, order)).toMatchObject({ customer: '样例诊所', phone: '13900000001' });
  });

  test('for a database that was closed behind its back, it finds another way', async () => {
    const store = await openStore('barred');
    const order = await store.createOrder();
    await store.openOrder(order);
    await store.commit([fact(order, 'customer.name', '样例诊所')]);
    const barred = vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementationOnce(() => {
      throw new DOMException('', 'InvalidStateError');
    });
    await store.commit([fact(order, 'customer.name', '样例门诊部')]);
    barred.mockRestore();
    expect(summary(store, order)?.customer).toBe('样例门诊部');
  });

  test('for a part of it, nothing of it is written until all is', async () => {
    const store = await openStore('half');
    const order = await store.createOrder();
    await store.openOrder(order);
    await store.commit([fact(order, 'customer.name', '样例诊所')]);
    const { put } = IDBObjectStore.prototype;
    const half = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function putRecord(
      this: IDBObjectStore,
      ...row
    ) {
      if (this.name !== 'records') throw new DOMException('', 'DataError');
      return put.apply(this, row);
    });
    const saved = store.commit([fact(order, 'customer.name', '样例门诊部')]);
    await expect.poll(() => saving(store).state, { timeout: 5_000 }).toBe('failed');
    const other = await openStore('half');
    await other.openOrder(order);
    expect(shown(other, order, 'customer.name')).toBe('样例诊所');

    half.mockRestore();
    await saved;
    await expect.poll(() => shown(other, order, 'customer.name')).toBe('样例门诊部');
  });

  test('the page asks before it goes away, and only then', async () => {
    const platform = fakePlatform();
    const store = await openStore('guard', platform);
    const order = await store.createOrder();
    const leaving = () => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }));
    await expect.poll(leaving).toBe(false);
    const disk = gate();
    platform.hold = () => disk.passed;
    const saved = store.commit([fact(order, 'customer.name', '样例诊所')]);
    expect(leaving()).toBe(true);
    disk.open();
    await saved;
    await expect.poll(leaving).toBe(false);
  });
});

describe('a lost database', () => {
  test('is made again from the journal, as the same device, and says so', async () => {
    const platform = fakePlatform();
    const store = await openStore('lost', platform);
    const order = await store.createOrder();
    const row = uuid();
    await store.commit([
      fact(order, 'customer.name', '样例诊所'),
      { record: row, order, field: 'extension.number', value: '04770000001' },
    ]);
    await store.openOrder(order);
    const before = store.working.getState().records.get(order);
    const { device } = await store.sealed.identity();
    await store.close();

    const found = fakePlatform([...platform.entries]);
    await expect(openStore('found', found)).rejects.toThrow(LostStoreError);
    const again = await openStore('found', found, { rebuild: true });
    expect(again.working.getState().notice).toMatch(/恢复 1 份工单/);
    await again.openOrder(order);
    expect(again.working.getState().records.get(order)).toEqual(before);
    expect((await again.sealed.identity()).device).toBe(device);
    expect((await outgoing(again)).length).toBe(summary(again, order)?.unsent);
    await again.close();

    const third = await openStore('found');
    expect(third.working.getState().notice).toBe(null);
    expect(third.working.getState().summaries.size).toBe(1);
  });

  test('is whole although the page was killed between database and journal', async () => {
    const platform = fakePlatform();
    const store = await openStore('between', platform);
    const order = await store.createOrder();
    const disk = gate();
    platform.hold = () => disk.passed;
    void store.commit([fact(order, 'customer.name', '样例诊所')]);
    await expect.poll(() => summary(store, order)?.customer).toBe('样例诊所');
    // Killed here: the next start brings the journal up to what the database has.
    const next = fakePlatform([...platform.entries]);
    await openStore('between', next);
    await expect
      .poll(() => next.entries.flatMap((entry) => changesOf(entry)).at(-1)?.value)
      .toBe('样例诊所');
    disk.open();
  });
});

test('a database that is deleted under the open page is made again before anything is written', async () => {
  const store = await openStore('deleted');
  const order = await store.createOrder();
  await store.commit([fact(order, 'customer.name', '样例诊所')]);
  const gone = new Promise<void>((resolve, reject) => {
    const deletion = indexedDB.deleteDatabase('test-deleted');
    deletion.onsuccess = () => resolve();
    deletion.onerror = () => reject(deletion.error);
  });
  await gone;
  await store.commit([fact(order, 'customer.contact.phone', '13900000001')]);
  expect(summary(store, order)).toMatchObject({ customer: '样例诊所', phone: '13900000001' });
  expect(store.working.getState().notice).toMatch(/已从保存日志重建/);
});

describe('two tabs on one store', () => {
  test('see and keep each other’s edits', async () => {
    const [a, b] = [await openStore('tabs'), await openStore('tabs')];
    const order = await a.createOrder();
    await expect.poll(() => summary(b, order)).toBeDefined();
    await a.openOrder(order);
    await b.openOrder(order);
    await Promise.all([
      a.commit([fact(order, 'customer.name', '样例诊所')]),
      b.commit([fact(order, 'customer.contact.phone', '13900000001')]),
    ]);
    for (const tab of [a, b]) {
      await expect.poll(() => shown(tab, order, 'customer.name')).toBe('样例诊所');
      await expect.poll(() => shown(tab, order, 'customer.contact.phone')).toBe('13900000001');
      await expect
        .poll(() => summary(tab, order))
        .toMatchObject({ customer: '样例诊所', phone: '13900000001' });
    }
    expect((await a.sealed.identity()).device).toBe((await b.sealed.identity()).device);
  });

  test('show what was typed last, though the other was quicker to the disk, and the log has both', async () => {
    const slow = fakePlatform();
    const [a, b] = [await openStore('late-tab', slow), await openStore('late-tab')];
    const order = await a.createOrder();
    await a.openOrder(order);
    await b.openOrder(order);
    const disk = gate();
    slow.hold = () => disk.passed;
    const before = a.commit([fact(order, 'customer.address', '样例路')]);
    await expect.poll(() => shown(b, order, 'customer.address')).toBe('样例路');
    await expect.poll(() => saving(a).state).toBe('saving');
    // Waits behind the one that the journal holds up.
    const late = a.commit([fact(order, 'customer.name', '一楼前')]);
    await expect.poll(() => shown(b, order, 'customer.name')).toBe('一楼前');
    await b.commit([fact(order, 'customer.name', '二楼')]);
    disk.open();
    await Promise.all([before, late]);
    for (const tab of [a, b]) {
      await expect.poll(() => shown(tab, order, 'customer.name')).toBe('二楼');
    }
    const names = (await outgoing(a)).filter(({ field }) => field === 'customer.name');
    expect(names.map(({ value }) => value)).toEqual(['二楼', '一楼前', '二楼']);
    expect(names.map(({ was }) => was)).toEqual([null, names[0]?.id, names[1]?.id]);
  });

  test('in which somebody types in turns make one line of changes, each knowing the one before', async () => {
    const tabs = [await openStore('in-turns'), await openStore('in-turns')] as const;
    const order = await tabs[0].createOrder();
    for (const tab of tabs) await tab.openOrder(order);
    const fields = ['customer.name', 'customer.address', 'customer.contact.phone'] as const;
    const turns = fc.record({
      tab: fc.constantFrom(...tabs),
      field: fc.constantFrom(...fields),
      waits: fc.boolean(),
    });
    const typed = fc.sample(turns, { numRuns: 60, seed: 20_261_123 });
    const commits: Promise<void>[] = [];
    for (const [i, { tab, field, waits }] of typed.entries()) {
      const commit = tab.commit([fact(order, field, `样例 ${i}`)]);
      commits.push(commit);
      if (waits) await commit;
    }
    await Promise.all(commits);

    const sent = await outgoing(tabs[0]);
    for (const field of fields) {
      const line = sent.filter((change) => change.field === field);
      expect(line.map(({ was }) => was)).toEqual(
        line.map((_, i) => (i === 0 ? null : line[i - 1]?.id)),
      );
      for (const tab of tabs) {
        await expect.poll(() => shown(tab, order, field)).toBe(line.at(-1)?.value);
      }
    }
    expect(summary(tabs[0], order)?.unsent).toBe(sent.length);
  });

  test('in one of which somebody signs in: what is typed in the other bears that name from then on', async () => {
    const [a, b] = [await openStore('sign-in'), await openStore('sign-in')];
    await a.saveDeviceSettings({ installer: '李样例', carrier: {} });
    const order = await a.createOrder();
    await a.openOrder(order);
    const type = (field: string) => a.commit([fact(order, field, '样例')]);
    await type('customer.name');
    await type('customer.address');
    await b.sealed.enrolled(enrolment('token-sample', 'epoch-1', '王样例'));
    await type('customer.representative');
    await type('customer.contact.name');
    await b.sealed.signedOut();
    await type('survey.installAddress');
    await b.saveDeviceSettings({ installer: '张样例', carrier: {} });
    await type('customer.contact.phone');

    const sent = (await outgoing(a)).filter(({ value }) => value === '样例');
    expect(Object.fromEntries(sent.map(({ field, by }) => [field, by]))).toEqual({
      'customer.name': '李样例',
      'customer.address': '李样例',
      'customer.representative': '王样例',
      'customer.contact.name': '王样例',
      'survey.installAddress': '李样例',
      'customer.contact.phone': '张样例',
    });
  });
});

describe('orders', () => {
  test('start with their number, today and the settings of the device', async () => {
    const store = await openStore('new');
    await store.saveDeviceSettings({
      installer: '样例装维',
      carrier: { 'carrier.name': '样例乙方' },
    });
    const order = await store.createOrder();
    await store.openOrder(order);
    const today = new Date();
    const date = `${today.getFullYear()}-${String(today.getMonth() + 1).padStart(2, '0')}-${String(today.getDate()).padStart(2, '0')}`;
    expect(shown(store, order, 'orderNumber')).toMatch(
      new RegExp(`^GD${date.replaceAll('-', '')}-[0-9A-HJKMNP-TV-Z]{4}$`),
    );
    expect(store.working.getState().records.get(order)?.get(order)?.values).toMatchObject({
      'survey.appliedOn': date,
      'acceptance.business': 'IMS语音专线业务',
      'agreement.copies': 4,
      'carrier.name': '样例乙方',
    });
    expect((await outgoing(store)).every(({ by }) => by === '样例装维')).toBe(true);
  });

  test('that were removed leave the list but not the store', async () => {
    const store = await openStore('removed');
    const order = await store.createOrder();
    await store.deleteOrder(order);
    expect(summary(store, order)).toBeUndefined();
    expect((await outgoing(store)).map(({ field }) => field)).toContain('order.deleted');
    await store.close();
    const again = await openStore('removed');
    expect(summary(again, order)).toBeUndefined();
  });

  test('from a file are whole', async () => {
    const store = await openStore('import');
    const order = await store.importOrder({
      facts: { 'customer.name': '样例旅馆' },
      extensions: [{ number: '04770000001' }],
      members: [{ slot: 1, number: '13900000001' }],
      signatures: [],
    });
    await store.openOrder(order);
    const records = [...(store.working.getState().records.get(order)?.values() ?? [])];
    expect(records.map(({ kind }) => kind).sort()).toEqual(['extension', 'member', 'order']);
    expect(summary(store, order)).toMatchObject({
      customer: '样例旅馆',
      orderNumber: expect.stringMatching(/^GD/),
    });
  });
});

test('a signature stands in the list exactly while the facts it signed are what they were', async () => {
  const store = await openStore('signed');
  const order = await store.createOrder();
  await store.commit([fact(order, 'customer.name', '样例诊所')]);
  await store.openOrder(order);
  const records = store.working.getState().records.get(order)?.values() ?? [];
  const given = {
    role: 'customerRepresentative' as const,
    name: '张样例',
    documents: ['survey' as const],
    strokes: [[{ x: 1, y: 2, time: 3, pressure: 0.5 }]],
    signedAt: '2026-01-31T09:00:00+08:00',
    pdfs: { survey: 'c'.repeat(64) },
    templates: { survey: '样本-1' },
  };
  const digest = signatureDigest(assembleOrder(records).order, given);
  const record = uuid();
  await store.commit(
    Object.entries({ ...given, digest }).map(([key, value]) => ({
      record,
      order,
      field: `signature.${key}`,
      value,
    })),
  );
  expect(summary(store, order)).toMatchObject({ signed: 1, voided: 0 });
  await store.commit([fact(order, 'customer.name', '样例旅馆')]);
  expect(summary(store, order)).toMatchObject({ signed: 0, voided: 1 });
  await store.commit([fact(order, 'customer.name', '样例诊所')]);
  expect(summary(store, order)).toMatchObject({ signed: 1, voided: 0 });
});

const members = (order: string, count: number): Edit[] =>
  Array.from({ length: count }, (_, i) => {
    const record = uuid();
    const edit = (field: string, value: FieldValue) => ({ record, order, field, value });
    return [
      edit('member.order', order),
      edit('member.slot', i + 1),
      edit('member.number', `139${String(i).padStart(8, '0')}`),
      edit('member.name', `样例${i}`),
    ];
  }).flat();

test('a thousand pasted members are on the screen at once and on disk within seconds', async () => {
  const store = await openStore('paste');
  const order = await store.createOrder();
  await store.openOrder(order);
  const edits = members(order, 1_000);
  const start = performance.now();
  const saved = store.commit(edits);
  const onScreen = performance.now() - start;
  await saved;
  const onDisk = performance.now() - start;
  const typingStart = performance.now();
  await store.commit([fact(order, 'customer.name', '样例诊所')]);
  const typing = performance.now() - typingStart;
  expect(store.working.getState().records.get(order)?.size).toBe(1_001);
  // Generous: these catch something quadratic, not a busy machine.
  expect(onScreen).toBeLessThan(1_000);
  expect(onDisk).toBeLessThan(10_000);
  expect(typing).toBeLessThan(1_000);
});

test('counts of what is unsent are exact after any edits, sends, receipts and refusals', async () => {
  const FIELDS = ['customer.name', 'customer.address', 'survey.installAddress'];
  const act = fc.oneof(
    fc.record({
      kind: fc.constant('edit' as const),
      order: fc.nat({ max: 1 }),
      field: fc.constantFrom(...FIELDS),
      value: fc.option(fc.constantFrom('甲', '乙', '丙')),
    }),
    fc.record({ kind: fc.constant('send' as const), lost: fc.boolean(), refuse: fc.boolean() }),
    fc.record({ kind: fc.constant('retry' as const), order: fc.nat({ max: 1 }) }),
  );
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 14 }), async (acts) => {
      run += 1;
      const store = await openStore(`counts-${run}`);
      const orders = [await store.createOrder(), await store.createOrder()];
      const held = new Set<string>();
      let seq = 0;
      for (const step of acts) {
        const order = orders['order' in step ? step.order : 0] ?? '';
        if (step.kind === 'edit') await store.commit([fact(order, step.field, step.value)]);
        else if (step.kind === 'retry') await store.retryRejected(order);
        else {
          const sent = await store.sealed.nextChanges();
          if (step.lost) continue;
          const [first] = sent;
          const refused = step.refuse && first ? [first.change.id] : [];
          const taken = sent.filter(({ change }) => !refused.includes(change.id));
          for (const { change } of taken) held.add(`${change.record}/${change.field}/${change.id}`);
          await answer(store, sent, {
            receipts: taken.map(({ change }) => ({ change: change.id, seq: ++seq })),
            rejections: refused.map((change) => ({ change, code: 'no', message: '不行' })),
          });
        }
      }
      // A recount of what is queued, and of what the service does not hold.
      const queue = await store.sealed.nextChanges();
      for (const order of orders) {
        await store.openOrder(order);
        const record = store.working.getState().records.get(order)?.get(order);
        const unheld = Object.entries(record?.changes ?? {}).filter(
          ([field, id]) => !held.has(`${order}/${field}/${id}`),
        );
        const queued = queue
          .filter((entry) => entry.order === order)
          .map(({ change }) => change.id);
        const refused = store.working
          .getState()
          .rejected.filter((entry) => entry.order === order)
          .map(({ change }) => change);
        const counted = summary(store, order);
        expect(counted?.rejected).toBe(refused.length);
        // What stands on a change whose receipt is still out waits for that one.
        const all = new Set([...queued, ...refused, ...unheld.map(([, id]) => id)]);
        expect(counted?.unsent).toBe(all.size);
      }
      // With every answer arriving, the queues run empty exactly.
      for (const order of orders) await store.retryRejected(order);
      for (let sent = await store.sealed.nextChanges(); sent.length > 0; ) {
        const receipts = sent.map(({ change }) => ({ change: change.id, seq: ++seq }));
        await answer(store, sent, { receipts });
        sent = await store.sealed.nextChanges();
      }
      for (const order of orders) {
        expect(summary(store, order)).toMatchObject({ unsent: 0, rejected: 0 });
      }
      await store.close();
    }),
    { numRuns: 25 },
  );
}, 120_000);
