/**
 * Ours, as the app runs it in a browser: the journal in the origin's private file system is part of
 * every save. The vault is open already, as it is whenever somebody types.
 */
import type { Edit } from '../../../../domain/sync/record.ts';
import type { FieldState } from '../../../../domain/sync/wire.ts';
import { createKeys } from '../../../../domain/vault/keys.ts';
import { browserPlatform } from '../../../../renderer/platform/browser.ts';
import { createStore } from '../../../../renderer/store/index.ts';
import type { Contender } from './contender.ts';
import { newestFirst, TYPED } from './data.ts';

/** Orders in one pulled page. */
const PAGE = 400;

export const onsite = (): Contender => {
  const parts = { platform: browserPlatform(), keys: createKeys(new Uint8Array(32).fill(7)) };
  const store = createStore(parts);
  return {
    // As a device gets them that did not make them: pulled from the service.
    fill: async (orders) => {
      await store.open();
      let seq = 0;
      for (let at = 0; at < orders.length; at += PAGE) {
        const fields = orders.slice(at, at + PAGE).flatMap(({ id, values }): FieldState[] =>
          Object.entries(values).map(([field, value]) => {
            seq += 1;
            const change = `${id.slice(0, 24)}${seq.toString(16).padStart(12, '0')}`;
            const told = { was: null, time: 0, device: id, by: '样例', order: seq };
            return { record: id, field, value, change, seq, ...told };
          }),
        );
        const more = at + PAGE < orders.length;
        const asked = await store.sealed.syncMeta();
        const page = { epoch: 'bench', intact: true, position: null, fields, cursor: seq, more };
        await store.sealed.applyPage(page, asked);
      }
    },
    openList: async () => {
      await store.open();
      return newestFirst([...store.working.getState().summaries.values()]);
    },
    openOrder: (id) => store.openOrder(id),
    save: (id, value) => store.commit([{ record: id, order: id, field: TYPED, value }]),
    paste: (members) =>
      store.commit(
        members.flatMap(({ id, order, slot, number, name }): Edit[] => [
          { record: id, order, field: 'member.order', value: order },
          { record: id, order, field: 'member.slot', value: slot },
          { record: id, order, field: 'member.number', value: number },
          { record: id, order, field: 'member.name', value: name },
        ]),
      ),
    kept: async (id) => {
      await store.openOrder(id);
      const records = store.working.getState().records.get(id) ?? new Map();
      return {
        value: String(records.get(id)?.values[TYPED]),
        members: [...records.values()].filter(({ kind }) => kind === 'member').length,
      };
    },
    close: () => store.close(),
  };
};
