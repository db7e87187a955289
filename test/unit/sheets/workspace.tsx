/** An order in a real store, with a sheet of it on the page. */
import { App, ConfigProvider } from 'antd';
import zhCN from 'antd/locale/zh_CN';
import type { ReactNode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { userEvent } from 'vitest/browser';
import { assembleOrder } from '../../../domain/sync/assemble.ts';
import type { Edit } from '../../../domain/sync/record.ts';
import { createBackups } from '../../../renderer/backup/index.ts';
import { OrderProvider } from '../../../renderer/screens/order/open-order.tsx';
import { ServicesProvider } from '../../../renderer/services.tsx';
import { createSync } from '../../../renderer/sync/index.ts';
import { theme } from '../../../renderer/theme.ts';
import { createVault } from '../../../renderer/vault/vault.ts';
import { fakePlatform } from '../store/fake-platform.ts';
import { closeStores, openStore } from '../store/stores.ts';
import { TEST_KEYS } from '../store/test-keys.ts';

let root: Root | null = null;

/** Shows `children` on a new order that starts with some edits. */
export const openWorkspace = async (
  children: ReactNode,
  edits: (order: string) => readonly Edit[] = () => [],
) => {
  const platform = fakePlatform();
  const store = await openStore(`sheets-${crypto.randomUUID()}`, platform);
  const order = await store.createOrder();
  if (edits(order).length > 0) await store.commit(edits(order));
  const vault = createVault(platform.vault);
  const place = document.createElement('main');
  document.body.append(place);
  root = createRoot(place);
  root.render(
    <ConfigProvider locale={zhCN} theme={{ ...theme, token: { ...theme.token, motion: false } }}>
      <App>
        <ServicesProvider
          services={{
            platform,
            vault,
            locking: { lock: async () => {}, stop: () => {} },
            store,
            sync: createSync({ store, platform }),
            backups: createBackups({ platform, store, keys: TEST_KEYS, vault }),
            opened: Promise.resolve(),
          }}
        >
          <OrderProvider id={order} missing="missing">
            {children}
          </OrderProvider>
        </ServicesProvider>
      </App>
    </ConfigProvider>,
  );
  const read = () =>
    assembleOrder(store.working.getState().records.get(order)?.values() ?? []).order;
  return { order, store, read };
};

export const closeWorkspace = async () => {
  root?.unmount();
  root = null;
  document.body.replaceChildren();
  await closeStores();
};

/** Waits until the page has an input that `selector` names. */
export const input = async (selector: string): Promise<HTMLInputElement> => {
  for (let tries = 0; tries < 300; tries += 1) {
    const found = document.querySelector(selector);
    if (found instanceof HTMLInputElement) return found;
    await new Promise(requestAnimationFrame);
  }
  throw new Error(`no input ${selector}`);
};

/** Copies text for real, then pastes it into the input. */
export const paste = async (target: HTMLInputElement, text: string) => {
  const source = document.createElement('textarea');
  source.value = text;
  document.body.append(source);
  source.select();
  await userEvent.copy();
  source.remove();
  target.focus();
  target.select();
  await userEvent.paste();
};
