import { App, ConfigProvider } from 'antd';
import zhCN from 'antd/locale/zh_CN';
import { createRoot, type Root } from 'react-dom/client';
import { v7 as uuid } from 'uuid';
import { afterEach, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import type { FieldValue } from '../../../domain/sync/change.ts';
import type { FieldState } from '../../../domain/sync/wire.ts';
import '../../../renderer/app.css';
import { ConflictPanel } from '../../../renderer/screens/order/conflict-panel.tsx';
import { OrderProvider } from '../../../renderer/screens/order/open-order.tsx';
import '../../../renderer/screens/order/order.css';
import { ServicesProvider } from '../../../renderer/services.tsx';
import type { OnsiteStore } from '../../../renderer/store/index.ts';
import { createSync } from '../../../renderer/sync/index.ts';
import { fakePlatform } from '../store/fake-platform.ts';
import { answer, closeStores, fact, openStore, receive, told } from '../store/stores.ts';
import { servicesOf } from '../store/test-services.ts';

let root: Root | null = null;
afterEach(async () => {
  root?.unmount();
  document.body.replaceChildren();
  await closeStores();
});

/** The service has all that was typed here, and tells of a field that a colleague wrote meanwhile. */
const meet = async (
  store: OnsiteStore,
  order: string,
  field: string,
  value: FieldValue,
  seq: number,
): Promise<FieldState> => {
  const own = store.working.getState().records.get(order)?.get(order);
  const {
    record: _,
    field: __,
    seq: ___,
    ...beside
  } = told(order, field, own?.values[field] ?? null, seq, own?.changes[field]);
  const { device } = await store.sealed.identity();
  const theirs = told(order, field, value, seq);
  const ours = { ...beside, device, by: '样例装维' };
  return {
    ...theirs,
    time: Date.UTC(2026, 4, 6, 1),
    order: Date.UTC(2026, 4, 6, 1),
    others: [ours],
  };
};

const show = async (facts: Record<string, FieldValue>, theirs: Record<string, FieldValue>) => {
  const platform = fakePlatform();
  const store = await openStore(`conflict-${uuid()}`, platform);
  const order = await store.createOrder();
  await store.openOrder(order);
  await store.commit(Object.entries(facts).map(([field, value]) => fact(order, field, value)));
  const sent = await store.sealed.nextChanges();
  const receipts = sent.map(({ change }, index) => ({ change: change.id, seq: index + 1 }));
  await answer(store, sent, { receipts });
  const fields = await Promise.all(
    Object.entries(theirs).map(([field, value], index) =>
      meet(store, order, field, value, sent.length + index + 1),
    ),
  );
  await receive(store, { fields, cursor: sent.length + fields.length, more: false });
  const services = servicesOf({ platform, store, sync: createSync({ store, platform }) });
  root = createRoot(document.body.appendChild(document.createElement('div')));
  root.render(
    <ConfigProvider locale={zhCN}>
      <App>
        <ServicesProvider services={services}>
          <OrderProvider id={order} missing={null}>
            <ConflictPanel />
          </OrderProvider>
        </ServicesProvider>
      </App>
    </ConfigProvider>,
  );
  return { store, order };
};

const shownValue = (store: OnsiteStore, order: string, field: string) =>
  store.working.getState().records.get(order)?.get(order)?.values[field];

test('both values are shown with who, when and where, and one tap decides', async () => {
  const { store, order } = await show(
    { 'customer.name': '样例诊所' },
    { 'customer.name': '样例医院' },
  );
  const panel = page.getByRole('region', { name: '两处写得不同的内容' });
  await expect.element(panel).toHaveTextContent('集团名称');
  await expect.element(panel).toHaveTextContent('样例医院样例同事');
  await expect.element(panel).toHaveTextContent(/样例诊所样例装维.*本机/);
  await page.getByRole('button', { name: '改用这个' }).click();
  await expect.poll(() => panel.elements().length).toBe(0);
  expect(shownValue(store, order, 'customer.name')).toBe('样例诊所');
  await expect.poll(() => store.working.getState().saving.state).toBe('saved');
  const [picked] = await store.sealed.nextChanges();
  expect(picked?.change).toMatchObject({ field: 'customer.name', value: '样例诊所' });
  // An ordinary change that names both.
  expect(picked?.change.was).not.toBeNull();
  expect(picked?.change.settles).toHaveLength(1);
});

test('keeping what is shown is a decision too', async () => {
  const { store, order } = await show(
    { 'customer.name': '样例诊所' },
    { 'customer.name': '样例医院' },
  );
  await page.getByRole('button', { name: '保留这个' }).click();
  await expect
    .poll(async () => (await store.sealed.nextChanges()).map(({ change }) => change.value))
    .toEqual(['样例医院']);
  expect(shownValue(store, order, 'customer.name')).toBe('样例医院');
});

test('the whole order can be compared side by side', async () => {
  await show(
    { 'customer.name': '样例诊所', 'customer.address': '样例路 1 号' },
    { 'customer.name': '样例医院' },
  );
  await page.getByRole('button', { name: '整单对比' }).click();
  const different = page.getByRole('row', { name: /集团名称/ });
  await expect.element(different).toHaveTextContent('集团名称样例医院样例诊所');
  await expect.element(different).toHaveAttribute('data-differs', 'true');
});

test('nobody is asked where two wrote different fields, or the same', async () => {
  const { store } = await show({ 'customer.name': '样例诊所' }, { 'customer.name': '样例诊所' });
  await expect.poll(() => store.working.getState().records.size).toBe(1);
  expect(page.getByRole('region', { name: '两处写得不同的内容' }).elements()).toEqual([]);
});
