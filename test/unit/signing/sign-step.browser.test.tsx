import { createRoot, type Root } from 'react-dom/client';
import { afterEach, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { EMPTY_ORDER, type SignatoryRole } from '../../../domain/order/order.ts';
import { specimenPack } from '../../../renderer/documents/packs.ts';
import { SignStep } from '../../../renderer/screens/signing/sign-step.tsx';

const role: SignatoryRole = 'customerRepresentative';
let root: Root | null = null;
afterEach(() => {
  root?.unmount();
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

const show = async () => {
  const reading = {
    order: EMPTY_ORDER,
    documents: ['survey'] as const,
    pdfs: new Map(),
    pack: await specimenPack(),
  };
  root = createRoot(document.body.appendChild(document.createElement('div')));
  root.render(
    <SignStep
      role={role}
      reading={reading}
      refused={null}
      onBack={() => undefined}
      onConfirm={async () => undefined}
    />,
  );
  await expect.element(page.getByText(/本人已阅读/)).toBeVisible();
};

test('says before anybody signs that this page cannot seal, as over plain HTTP', async () => {
  vi.stubGlobal('crypto', {});
  await show();
  await expect.element(page.getByText(/签署后的文件不会封存/)).toBeVisible();
});

test('says nothing of it where the files will be sealed', async () => {
  await show();
  expect(page.getByText(/封存/).elements()).toEqual([]);
});
