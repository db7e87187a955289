import { expect, test } from 'vitest';
import { browserPlatform } from '../../../renderer/platform/browser.ts';

const name = (digit: string) => digit.repeat(64);

test('the browser keeps files whole, whichever tab wrote them', async () => {
  const [a, b] = [browserPlatform(), browserPlatform()];
  expect(await a.files.read(name('1'))).toBeNull();
  await a.files.write(name('1'), Uint8Array.of(1, 2, 3));
  await Promise.all([
    a.files.write(name('1'), Uint8Array.of(4, 5)),
    b.files.write(name('1'), Uint8Array.of(4, 5)),
    b.files.write(name('2'), new Uint8Array(5_000_000)),
  ]);
  expect(await b.files.read(name('1'))).toEqual(Uint8Array.of(4, 5));
  const sizes = new Map((await a.files.list()).map((file) => [file.name, file.size]));
  expect(sizes).toEqual(
    new Map([
      [name('1'), 2],
      [name('2'), 5_000_000],
    ]),
  );
  await a.files.remove(name('1'));
  await a.files.remove(name('1'));
  expect(await a.files.read(name('1'))).toBeNull();
  expect((await a.diskSpace())?.free).toBeGreaterThan(0);
});
