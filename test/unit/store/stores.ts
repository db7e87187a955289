import { v7 as uuid } from 'uuid';
import type { EnrolAnswer } from '../../../domain/accounts/wire.ts';
import type { FieldValue, Receipt, Rejection } from '../../../domain/sync/change.ts';
import type { Edit } from '../../../domain/sync/record.ts';
import type { OutgoingChange } from '../../../domain/sync/tables.ts';
import type { FieldState, PullAnswer } from '../../../domain/sync/wire.ts';
import { createStore, type OnsiteStore } from '../../../renderer/store/index.ts';
import type { Renewing } from '../../../renderer/store/renewal.ts';
import { fakePlatform } from './fake-platform.ts';
import { TEST_KEYS } from './test-keys.ts';

const opened: OnsiteStore[] = [];

/** Opens a store in a real IndexedDB, which the browser forgets with its session. */
export const openStore = async (
  name: string,
  platform = fakePlatform(),
  { renewing, ...options }: { rebuild?: boolean; renewing?: Renewing } = {},
): Promise<OnsiteStore> => {
  const store = createStore({
    platform,
    keys: TEST_KEYS,
    name: `test-${name}`,
    ...(renewing && { renewing }),
  });
  opened.push(store);
  await store.open(options);
  return store;
};

export const closeStores = async (): Promise<void> => {
  for (const store of opened.splice(0)) await store.close();
};

/** An edit of one of the order's own facts. */
export const fact = (order: string, field: string, value: FieldValue): Edit => ({
  record: order,
  order,
  field,
  value,
});

/** What a service tells of a field that another device gave a value. */
export const told = (
  record: string,
  field: string,
  value: FieldValue,
  seq: number,
  change = uuid(),
): FieldState => ({
  ...{ record, field, value, change, seq },
  ...{ was: null, time: 0, device: OTHER_DEVICE, by: '样例同事', order: seq },
});
const OTHER_DEVICE = uuid();

/** A page of a pull arrives, as asked for now. */
export const receive = async (
  { sealed }: OnsiteStore,
  page: Pick<PullAnswer, 'fields' | 'cursor' | 'more'>,
): Promise<void> => {
  const meta = await sealed.syncMeta();
  const epoch = meta.epoch ?? 'epoch';
  await sealed.applyPage({ ...page, epoch, intact: true, position: meta.position }, meta);
};

/** What the service answers when somebody has enrolled. */
export const enrolment = (token: string, epoch: string, owner = '张样例'): EnrolAnswer => ({
  ...{ token, epoch, owner, role: 'installer', user: uuid(), offlineDays: 30 },
  organisation: { id: uuid(), path: ['样例省公司', '样例分公司', '样例一班'] },
});

/** The service's answer to what was sent arrives. */
export const answer = async (
  { sealed }: OnsiteStore,
  sent: readonly OutgoingChange[],
  { receipts, rejections = [] }: { receipts: Receipt[]; rejections?: Rejection[] },
): Promise<number> => {
  const meta = await sealed.syncMeta();
  const epoch = meta.epoch ?? 'epoch';
  const said = { epoch, intact: true, position: meta.position, receipts, rejections };
  return sealed.settle(sent, said, meta);
};
