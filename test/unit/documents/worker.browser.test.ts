import { expect, it } from 'vitest';
import { UnprintableError } from '../../../domain/documents/text.ts';
import { parseOrderFile } from '../../../domain/order/file.ts';
import { EMPTY_ORDER } from '../../../domain/order/order.ts';
import { printDocument } from '../../../renderer/documents/printer.ts';
import clinic from '../../fixtures/clinic-21.json';

const withName = (name: string) => ({ ...EMPTY_ORDER, facts: { 'customer.name': name } });
const options = { signatures: true };

it('prints in the page through the worker, the same bytes each time', async () => {
  const read = parseOrderFile(JSON.stringify(clinic));
  if ('errors' in read) throw new Error(JSON.stringify(read.errors));
  const first = await printDocument('survey', read.order, options);
  expect(new TextDecoder('latin1').decode(first.subarray(0, 5))).toBe('%PDF-');
  expect(await printDocument('survey', read.order, options)).toEqual(first);
});

it('tells the page which character of which field cannot be printed, and prints on', async () => {
  const refused = printDocument('acceptance', withName('样例😀'), options);
  await expect(refused).rejects.toBeInstanceOf(UnprintableError);
  await expect(refused).rejects.toMatchObject({ field: 'customer.name', codePoint: 0x1f600 });
  expect((await printDocument('acceptance', withName('样例'), options)).length).toBeGreaterThan(
    9000,
  );
});
