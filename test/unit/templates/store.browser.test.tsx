import { App, ConfigProvider } from 'antd';
import Dexie from 'dexie';
import { zipSync } from 'fflate';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { EMPTY_ORDER, type Order, type Signature } from '../../../domain/order/order.ts';
import { signatureDigest } from '../../../domain/order/signature.ts';
import { connectPacks, packOf, specimenPack } from '../../../renderer/documents/packs.ts';
import { checkPackFiles, openPack } from '../../../renderer/documents/print-worker.ts';
import { printDocument } from '../../../renderer/documents/printer.ts';
import { TemplatePacks } from '../../../renderer/screens/settings/template-packs.tsx';
import { ServicesProvider } from '../../../renderer/services.tsx';
import type { OnsiteStore } from '../../../renderer/store/index.ts';
import { PackConflictError } from '../../../renderer/store/packs.ts';
import { createSync } from '../../../renderer/sync/index.ts';
import { fakePlatform } from '../store/fake-platform.ts';
import { closeStores, openStore } from '../store/stores.ts';
import { servicesOf } from '../store/test-services.ts';
import { type Files, packFilesWith } from './files.ts';

let root: Root | null = null;
afterEach(async () => {
  root?.unmount();
  root = null;
  document.body.replaceChildren();
  await closeStores();
});

const read = async (files: Files) => {
  const checked = await checkPackFiles(files);
  if ('errors' in checked) throw new Error(JSON.stringify(checked.errors));
  return checked.pack;
};

/** Keeps a pack whose commitment says `text`, and gives its hash. */
const keep = async (store: OnsiteStore, text: string, version = '1') => {
  const commitment = `# 样例承诺书\n\n${text}\n\n{{signatures:customer}}\n`;
  const files = packFilesWith({ 'commitment.md': commitment }, { version });
  const pack = await read(files);
  await store.packs.keep(pack, files);
  return pack.hash;
};

const order: Order = { ...EMPTY_ORDER, facts: { 'customer.name': '样例诊所' } };

/** The order, its commitment signed on a pack. */
const signedOn = (hash: string): Order => {
  const given: Omit<Signature, 'digest'> = {
    role: 'customerRepresentative',
    name: '张样例',
    documents: ['commitment'],
    strokes: [],
    signedAt: '2026-01-31T09:00:00+08:00',
    pdfs: {},
    templates: { commitment: hash },
  };
  return { ...order, signatures: [{ ...given, digest: signatureDigest(order, given) }] };
};

describe('the packs of a device', () => {
  test('are there, file by file, after the store was closed and opened again', async () => {
    const store = await openStore('packs-reopen');
    const files = packFilesWith();
    const pack = await read(files);
    await store.packs.keep(pack, files);
    await store.packs.choose(pack.hash);
    await store.close();

    const again = await openStore('packs-reopen');
    expect(await again.packs.list()).toMatchObject([{ hash: pack.hash, title: '样例模板' }]);
    expect(await again.packs.files(pack.hash)).toEqual(files);
    expect(await again.packs.chosen()).toBe(pack.hash);
  });

  test('are kept once, and never two different ones under one name and version', async () => {
    const store = await openStore('packs-twice');
    await keep(store, '甲');
    await keep(store, '甲');
    await expect(keep(store, '乙')).rejects.toBeInstanceOf(PackConflictError);
    expect(await store.packs.list()).toHaveLength(1);
    await keep(store, '乙', '2');
    expect(await store.packs.list()).toHaveLength(2);
  });

  test('cannot be chosen before they are there', async () => {
    const store = await openStore('packs-unknown');
    await expect(store.packs.choose('0'.repeat(64))).rejects.toThrow('没有这个模板包');
    expect(await store.packs.chosen()).toBeNull();
  });

  test('find room in a store of an earlier version, which keeps its orders', async () => {
    const old = new Dexie('test-packs-old');
    old.version(1).stores({
      records: 'id, [order+kind]',
      outbox: 'id, [order+status], [status+place]',
      receipts: 'change',
      summaries: 'id',
      attachments: 'sha256, *orders, *waiting, code',
      withheld: 'id',
      unjournaled: 'id',
      meta: 'key',
    });
    await old.open();
    await old.table('meta').put({ key: 'device', value: 'an-old-device' });
    old.close();

    const store = await openStore('packs-old-1');
    const hash = await keep(store, '甲');
    expect(await store.packs.files(hash)).not.toBeNull();
    expect((await store.sealed.identity()).device).toBe('an-old-device');
  });
});

describe('an order', () => {
  test('prints with the chosen pack until it is signed, then with the one it was signed with', async () => {
    const store = await openStore('packs-order');
    await connectPacks(store.packs);
    const [first, second] = [await keep(store, '甲', '1'), await keep(store, '乙', '2')];
    expect((await packOf(order)).hash).toBe((await specimenPack()).hash);
    await store.packs.choose(first);
    expect((await packOf(order)).hash).toBe(first);
    const signed = signedOn(first);
    const before = await printDocument('commitment', signed, { signatures: true });

    await store.packs.choose(second);
    expect((await packOf(order)).hash).toBe(second);
    expect((await packOf(signed)).hash).toBe(first);
    expect(await printDocument('commitment', signed, { signatures: true })).toEqual(before);
    // The same order without its signature shows that the packs do print differently.
    const unsigned = await printDocument('commitment', order, { signatures: true });
    await store.packs.choose(first);
    expect(await printDocument('commitment', order, { signatures: true })).not.toEqual(unsigned);
  });

  test('whose signature no longer stands prints with the chosen pack', async () => {
    const store = await openStore('packs-void');
    await connectPacks(store.packs);
    const first = await keep(store, '甲', '1');
    const changed = { ...signedOn(first), facts: { 'customer.name': '另一诊所' } };
    expect((await packOf(changed)).hash).toBe((await specimenPack()).hash);
  });

  test('signed on a pack that is not here says which one to import', async () => {
    const store = await openStore('packs-missing');
    await connectPacks(store.packs);
    const print = printDocument('commitment', signedOn('a'.repeat(64)), { signatures: true });
    await expect(print).rejects.toThrow(/aaaaaaaaaaaa….*文书模板/);
  });

  test('of today can be printed by every later app: the shipped pack is kept too', async () => {
    const store = await openStore('packs-shipped');
    await connectPacks(store.packs);
    const { hash } = await specimenPack();
    const files = await store.packs.files(hash);
    expect(files && (await checkPackFiles(files))).toMatchObject({ pack: { hash } });
  });
});

describe('a pack that was picked', () => {
  const zip = (files: Files, name = '模板.zip') =>
    new File([new Uint8Array(zipSync(Object.fromEntries(files)))], name);

  test('is opened from a zip or a folder alike', async () => {
    const files = packFilesWith();
    const folder = [...files].map(([name, bytes]) => new File([new Uint8Array(bytes)], name));
    expect(await openPack(folder, false)).toEqual(await openPack([zip(files)], true));
    expect(await openPack([new File(['x'.repeat(1_000_001)], 'big.zip')], true)).toMatchObject({
      errors: [{ message: expect.stringContaining('太大') }],
    });
  });

  const show = async (name: string) => {
    const platform = fakePlatform();
    const store = await openStore(name, platform);
    await connectPacks(store.packs);
    const place = document.createElement('main');
    document.body.append(place);
    root = createRoot(place);
    const services = servicesOf({ platform, store, sync: createSync({ store, platform }) });
    root.render(
      <ConfigProvider theme={{ token: { motion: false } }}>
        <App>
          <ServicesProvider services={services}>
            <TemplatePacks />
          </ServicesProvider>
        </App>
      </ConfigProvider>,
    );
    await expect.element(page.getByRole('radio', { name: /勘签样本文本/ })).toBeChecked();
    return store;
  };
  const input = () => {
    const found = document.querySelector('input[accept]');
    if (!found) throw new Error('no place to pick a zip');
    return found;
  };

  test('with mistakes is shown with each of them by file and line, and changes nothing', async () => {
    const store = await show('packs-mistakes');
    const commitment = '# 样例\n\n甲{{customer.nam}}\n';
    await userEvent.upload(input(), zip(packFilesWith({ 'commitment.md': commitment })));
    const dialog = page.getByRole('dialog');
    await expect.element(dialog).toHaveTextContent('commitment.md 第 3 行');
    await expect.element(dialog).toHaveTextContent('没有“customer.nam”这一项');
    expect(await store.packs.list()).toHaveLength(1);
    expect(await store.packs.chosen()).toBeNull();
  });

  test('is kept and chosen once it is confirmed', async () => {
    const store = await show('packs-import');
    await userEvent.upload(input(), zip(packFilesWith({}, { title: '样例公司文本' })));
    const confirm = page.getByRole('button', { name: '导入并选用' });
    await expect.element(confirm).toBeVisible();
    expect(await store.packs.list()).toHaveLength(1);
    await userEvent.click(confirm);
    await expect.element(page.getByRole('radio', { name: /样例公司文本/ })).toBeChecked();
    const [latest] = await store.packs.list();
    expect(await store.packs.chosen()).toBe(latest?.hash);

    await userEvent.click(page.getByRole('radio', { name: /勘签样本文本/ }));
    await vi.waitFor(async () => expect(await store.packs.chosen()).toBeNull());
  });
});
