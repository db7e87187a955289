import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { errorOf, type TestDevice, type TestService } from './service.ts';

/** A device that listens; `heard` gives all that it has been told so far. */
export async function listen(service: { readonly url: string }, device: Pick<TestDevice, 'token'>) {
  const stop = new AbortController();
  const answer = await fetch(`${service.url}/sync/events`, {
    headers: { authorization: `Bearer ${device.token}` },
    signal: stop.signal,
  });
  let heard = '';
  let ended = false;
  const reading = (async () => {
    for await (const chunk of answer.body ?? []) heard += Buffer.from(chunk).toString();
    ended = true;
  })().catch(() => undefined);
  return {
    answer,
    changes: () => heard.split('event: changed').length - 1,
    isReady: () => heard.startsWith('event: ready\n'),
    hasEnded: () => ended,
    stop: async () => {
      stop.abort();
      await reading;
    },
  };
}

export const describeEvents = (service: () => TestService) =>
  describe('the word that something changed', () => {
    const begin = (device: TestDevice) =>
      device.push([device.change(uuidv7(), 'customer.name', '样例诊所')]);
    const later = { timeout: 10_000 };

    it('reaches the team and its branch, but not whoever did it, nor another team', async () => {
      const writer = await service().device('样例甲');
      const colleague = await service().device('样例甲');
      const other = await service().device('样例乙');
      const reviewer = await service().device('样例丙', 'reviewer');
      const all = await Promise.all(
        [writer, colleague, other, reviewer].map((device) => listen(service(), device)),
      );
      await expect.poll(() => all.every(({ isReady }) => isReady()), later).toBe(true);
      expect(all[0]?.answer.headers.get('content-type')).toBe('text/event-stream');
      await begin(writer);
      const told = () => all.map(({ changes }) => changes());
      await expect.poll(told, later).toEqual([0, 1, 0, 1]);
      await begin(other);
      await expect.poll(told, later).toEqual([0, 1, 0, 2]);
      await Promise.all(all.map(({ stop }) => stop()));
    });

    it('is for whoever is signed in and may read orders, one stream a device in each process', async () => {
      expect(await errorOf(fetch(`${service().url}/sync/events`))).toEqual([401, 'unauthorised']);
      const administrator = await service().device('样例管理', 'administrator');
      expect(await errorOf(administrator.request('/sync/events'))).toEqual([403, 'no-right']);
      const device = await service().device('样例甲');
      const first = await listen(service(), device);
      const more = [];
      for (let count = 0; count < service().processes; count += 1) {
        more.push(await listen(service(), device));
      }
      await expect.poll(first.hasEnded, later).toBe(true);
      expect(more.map(({ hasEnded }) => hasEnded())).toEqual(more.map(() => false));
      await Promise.all(more.map(({ stop }) => stop()));
    });

    it('ends at once when the service closes, and does not keep it waiting', async () => {
      const open = await listen(service(), await service().device('样例甲'));
      const restarted = service().restart();
      // Sooner than connections are cut that go on being answered.
      await expect.poll(open.hasEnded, { timeout: 3_000 }).toBe(true);
      await restarted;
    });
  });
