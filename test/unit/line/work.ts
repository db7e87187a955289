/** What a device wrote, and whether the service has all of it, once. */
import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { FieldState } from '../../../domain/sync/wire.ts';
import type { TestDevice } from '../server/service.ts';
import type { Device } from './page/page.ts';

export type Work = Awaited<ReturnType<Device['work']>>;

const pullAll = async (colleague: TestDevice) => {
  const fields: FieldState[] = [];
  let cursor = 0;
  for (let more = true; more; ) {
    const page = await colleague.pull(cursor);
    fields.push(...page.fields);
    ({ cursor, more } = page);
  }
  return { fields, cursor };
};

/** Each value was written once, so that the log has one entry for each and no other. */
export const expectAllOnce = async (colleague: TestDevice, works: readonly Work[]) => {
  const { fields, cursor } = await pullAll(colleague);
  const told = fields.map(({ record, field, value }) => `${record} ${field} ${value}`);
  const edits = works.flatMap((work) => work.edits);
  const written = edits.map(({ record, field, value }) => `${record} ${field} ${value}`);
  const arrived = told.filter((each) => each.includes(' attachment.stored '));
  expect(told.filter((each) => !arrived.includes(each)).sort()).toEqual(written.sort());
  expect([arrived.length, cursor]).toEqual([works.length, fields.length]);
  expect(fields.flatMap(({ others = [] }) => others)).toEqual([]);
  for (const { sha256 } of works) {
    const answer = await colleague.request(`/attachments/${sha256}`);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
  }
};
