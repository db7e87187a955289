import { useState } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { type FactKey, type FactValue, factDefinition } from '../../../domain/order/dictionary.ts';
import { FactControl } from '../../../renderer/screens/order/fact-control.tsx';

/** Every value that the control saved, in order. */
let saved: (FactValue | null)[];
let root: Root;
/** What the fact holds now. */
let held: FactValue | undefined;
/** Changes the fact from outside, as a pull from the service does. */
let arrive: (value: FactValue) => void;

/** A fact whose store is one render behind, as slow as any real one. */
const Fact = ({ field, initial }: { field: FactKey; initial: FactValue | undefined }) => {
  const [value, setValue] = useState(initial);
  const [halfTyped, setHalfTyped] = useState<string>();
  held = value;
  arrive = setValue;
  return (
    <FactControl
      field={field}
      definition={factDefinition(field)}
      value={value}
      onValue={(next) => {
        saved.push(next);
        setTimeout(() => setValue(next ?? undefined), 30);
      }}
      halfTyped={halfTyped}
      onHalfTyped={(text) => setHalfTyped(text ?? undefined)}
      onTyping={() => undefined}
      required={false}
      problems={[]}
      span={4}
    />
  );
};

const show = (field: FactKey, initial?: FactValue) => {
  root.render(<Fact field={field} initial={initial} />);
  return page.getByLabelText(factDefinition(field).label, { exact: true });
};

beforeEach(() => {
  saved = [];
  const host = document.createElement('div');
  document.body.replaceChildren(host);
  root = createRoot(host);
});
afterEach(() => root.unmount());

it('typing fast loses no character, even when the store answers late', async () => {
  const name = show('customer.name');
  await userEvent.type(name, 'abcdefghijklmnopqrstuvwxyz0123456789');
  expect(saved.at(-1)).toBe('abcdefghijklmnopqrstuvwxyz0123456789');
  await userEvent.tab();
  await expect.element(name).toHaveValue('abcdefghijklmnopqrstuvwxyz0123456789');
});

it('the caret stays where somebody types in the middle of a text', async () => {
  const name = show('customer.name', '样例诊所');
  await userEvent.click(name);
  await userEvent.keyboard('{Home}{ArrowRight}{ArrowRight}东城');
  await expect.element(name).toHaveValue('样例东城诊所');
});

it("an input method's composition is saved once, when it ends", async () => {
  const name = show('customer.name');
  await expect.element(name).toBeVisible();
  const input = name.element() as HTMLInputElement;
  const compose = (type: string, text: string) => {
    input.setRangeText(text, 0, input.value.length, 'end');
    if (type !== 'compositionend')
      input.dispatchEvent(new InputEvent('input', { bubbles: true, isComposing: true }));
    else input.dispatchEvent(new CompositionEvent(type, { bubbles: true, data: text }));
  };
  input.focus();
  input.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }));
  compose('input', 'yang');
  compose('input', "yang'li");
  expect(saved).toEqual([]);
  compose('input', '样例');
  compose('compositionend', '样例');
  expect(saved).toEqual(['样例']);
});

it('a number that cannot be read yet stays as typed and empties the value', async () => {
  const count = show('survey.lineCount', 21);
  await userEvent.type(count, 'x');
  await userEvent.tab();
  await expect.element(count).toHaveValue('21x');
  expect(saved).toEqual([null]);
});

it('money is typed in yuan and saved in fen', async () => {
  const fee = show('agreement.monthlyFee');
  await userEvent.fill(fee, '1,280.5');
  expect(saved).toEqual([128_050]);
  await userEvent.tab();
  await expect.element(fee).toHaveValue('1280.50');
});

it('clearing a fact empties it', async () => {
  const name = show('customer.name', '样例诊所');
  await userEvent.clear(name);
  expect(saved).toEqual([null]);
});

it('what arrives from elsewhere is shown, but never under the hands of somebody who types', async () => {
  const name = show('customer.name', '样例诊所');
  await userEvent.type(name, '甲');
  await expect.poll(() => held).toBe('样例诊所甲');
  arrive('别处改的');
  await expect.element(name).toHaveValue('样例诊所甲');
  await userEvent.tab();
  await expect.element(name).toHaveValue('别处改的');
  expect(saved).toEqual(['样例诊所甲']);
});

it('what arrives waits for whoever has entered the field, with its text selected and untouched', async () => {
  const name = show('customer.name', '样例诊所');
  await userEvent.click(name);
  const input = name.element();
  if (!(input instanceof HTMLInputElement)) throw new Error('no input');
  input.select();
  arrive('别处改的');
  await expect.poll(() => held).toBe('别处改的');
  await expect.element(name).toHaveValue('样例诊所');
  expect([input.selectionStart, input.selectionEnd]).toEqual([0, 4]);
  await userEvent.keyboard('样例学校');
  expect(saved.at(-1)).toBe('样例学校');
  await userEvent.tab();
  await expect.element(name).toHaveValue('样例学校');

  // Who only looked sees it when they leave.
  await userEvent.click(name);
  arrive('又是别处');
  await expect.poll(() => held).toBe('又是别处');
  await expect.element(name).toHaveValue('样例学校');
  await userEvent.tab();
  await expect.element(name).toHaveValue('又是别处');
});

it('a date that is picked shows at once, in a field that was entered and in one that was not', async () => {
  const field = 'survey.appliedOn';
  const date = show(field, '2026-11-02');
  const { label } = factDefinition(field);
  for (const [day, entered] of [
    ['2026-11-10', true],
    ['2026-11-17', false],
  ] as const) {
    if (entered) await userEvent.click(date);
    await userEvent.click(page.getByRole('button', { name: `选择${label}` }));
    await userEvent.click(page.getByTitle(day));
    await expect.element(date).toHaveValue(day);
    await userEvent.click(document.body);
    await expect.element(date).toHaveValue(day);
  }
});

it('a tap on the chosen box empties the fact', async () => {
  show('survey.transmission', 'PTN');
  await userEvent.click(page.getByRole('radio', { name: 'PTN' }));
  expect(saved).toEqual([null]);
  await userEvent.click(page.getByRole('radio', { name: 'SDH' }));
  expect(saved).toEqual([null, 'SDH']);
});
