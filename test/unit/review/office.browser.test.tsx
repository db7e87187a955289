import { App, ConfigProvider } from 'antd';
import zhCN from 'antd/locale/zh_CN';
import { createRoot, type Root } from 'react-dom/client';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { commands, page, userEvent } from 'vitest/browser';
import { reviewOf } from '../../../domain/review/review.ts';
import { Screens } from '../../../renderer/app.tsx';
import type { Services } from '../../../renderer/services.tsx';
import { createSync, type Sync } from '../../../renderer/sync/index.ts';
import { theme } from '../../../renderer/theme.ts';
import '../../../renderer/app.css';
import { fakePlatform } from '../store/fake-platform.ts';
import { closeStores, fact, openStore } from '../store/stores.ts';
import { servicesOf } from '../store/test-services.ts';

// The service is a real process; a busy machine takes its time.
vi.setConfig({ testTimeout: 120_000 });

let url = '';
let root: Root | null = null;
const syncs: Sync[] = [];
beforeAll(async () => {
  url = await commands.startService();
}, 120_000);
afterAll(() => commands.stopService());
afterEach(async () => {
  root?.unmount();
  document.body.replaceChildren();
  for (const sync of syncs.splice(0)) await sync.stop();
  await closeStores();
  location.hash = '';
});

const signedIn = async (name: string, role: 'installer' | 'reviewer') => {
  const platform = fakePlatform();
  platform.service = url;
  const store = await openStore(name, platform);
  const sync = createSync({ store, platform });
  syncs.push(sync);
  await sync.enrol(await commands.enrolmentCode(name, role), name);
  sync.start();
  return servicesOf({ platform, store, sync });
};

const show = (services: Services, hash: string) => {
  root?.unmount();
  document.body.replaceChildren();
  const place = document.body.appendChild(document.createElement('div'));
  place.id = 'app';
  location.hash = hash;
  root = createRoot(place);
  root.render(
    <ConfigProvider locale={zhCN} theme={theme} button={{ autoInsertSpace: false }}>
      <App>
        <Screens services={services} />
      </App>
    </ConfigProvider>,
  );
};
/** The list shows what there is when it is opened. */
const uploaded = ({ store }: Services, order: string) =>
  expect
    .poll(() => store.working.getState().summaries.get(order)?.unsent, { timeout: 60_000 })
    .toBe(0);
const button = (name: string | RegExp) => page.getByRole('button', { name });

test('remarks that are written while the line is slow all arrive, whichever request takes longest', async () => {
  await page.viewport(1366, 768);
  const here = await signedIn('慢线装维', 'installer');
  const office = await signedIn('慢线审核', 'reviewer');
  const order = await here.store.createOrder();
  await here.store.openOrder(order);
  await here.store.commit([fact(order, 'customer.name', '样例书店')]);
  await uploaded(here, order);
  const { review } = office.sync.office;
  let asked = 0;
  office.sync.office.review = async (...request) => {
    asked += 1;
    if (asked === 2) await new Promise((resolve) => setTimeout(resolve, 1_500));
    return review(...request);
  };
  const remark = async (field: string, text: string) => {
    await button(`对“${field}”提意见`).click();
    const box = page.getByRole('textbox', { name: '意见' });
    await userEvent.type(box, text);
    await button('添加意见').click();
    // It goes at once, whatever becomes of the request.
    await expect.poll(() => box.elements().length).toBe(0);
  };
  show(office, '#/office');
  await page.getByText('样例书店').click();
  await button('开始审核').click();
  await remark('集团名称', '与营业执照不符');
  await remark('整份工单', '请补拍门头照片');
  await button('退回（2 条意见）').click();
  await expect.element(page.getByText('第 1 轮：退回', { exact: false })).toBeVisible();
  const { rounds } = await office.sync.office.rounds(order);
  expect(rounds[0]?.remarks.map(({ text }) => text)).toEqual(['与营业执照不符', '请补拍门头照片']);
});

test('a reviewer returns an order with a remark at a field, the installer mends it, the reviewer compares and passes it', async () => {
  await page.viewport(1366, 768);
  const here = await signedIn('样例装维', 'installer');
  const office = await signedIn('样例审核', 'reviewer');
  const order = await here.store.createOrder();
  await here.store.openOrder(order);
  await here.store.commit([fact(order, 'customer.name', '样例诊所')]);
  await uploaded(here, order);
  const head = () => here.store.working.getState().records.get(order)?.get(order);
  const review = () => reviewOf(head()?.values ?? {});

  show(office, '#/office');
  await page.getByText('样例诊所').click();
  await button('开始审核').click();
  await button('对“集团名称”提意见').click();
  await userEvent.type(page.getByRole('textbox', { name: '意见' }), '与营业执照不符');
  await button('添加意见').click();
  await button('退回（1 条意见）').click();
  await expect.element(page.getByText('第 1 轮：退回', { exact: false })).toBeVisible();

  here.sync.tryNow();
  await expect.poll(() => review()?.state).toBe('returned');
  show(here, `#/orders/${order}/customer`);
  await expect.element(page.getByText('审核退回：与营业执照不符').first()).toBeVisible();
  await here.store.commit([fact(order, 'customer.name', '样例医院')]);
  await button('已改好，再次提交').click();
  await expect.poll(() => review()?.state).toBe('resubmitted');
  await uploaded(here, order);

  show(office, `#/office/${order}`);
  await button('开始审核').click();
  await button('与第 1 轮对比').click();
  await expect.element(page.getByRole('cell', { name: '样例诊所' })).toBeVisible();
  await button(/Close|关闭/)
    .first()
    .click();
  await button('通过').click();
  await expect.element(page.getByText('第 2 轮：通过', { exact: false })).toBeVisible();

  show(office, '#/office');
  await expect.element(page.getByText('样例医院')).toBeVisible();
  const saved: [string, string][] = [];
  office.platform.saveFile = async (name, bytes) => {
    saved.push([name, new TextDecoder().decode(bytes)]);
    return name;
  };
  await page.getByRole('checkbox', { name: '选择样例医院' }).click();
  await button('导出 1 份').hover();
  await page.getByText('CSV 表格（.csv）').click();
  await expect.poll(() => saved.length).toBe(1);
  expect(saved[0]?.[0]).toMatch(/^工单导出-.*\.csv$/);
  expect(saved[0]?.[1]).toContain('"样例医院"');
});
