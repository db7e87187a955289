import { z } from 'zod';
import { REVIEW_FIELD } from '../../domain/review/review.ts';
import type { Recollected } from '../../domain/sync/change.ts';
import { type Change, changeSchema, type Rejection } from '../../domain/sync/change.ts';
import {
  LIMITS,
  type PushAnswer,
  type PushRequest,
  recollectedSchema,
} from '../../domain/sync/wire.ts';
import { scopeOf } from '../rights.ts';
import type { Sender, Store } from '../store/index.ts';
import { isStorable } from './storable.ts';

/**
 * Takes a push: checks the form, size and device of each change, and hands the good ones to the
 * store. One bad change never blocks the good ones behind it; each change gets one answer.
 */
export async function pushChanges(
  store: Store,
  sender: Sender,
  request: PushRequest,
): Promise<PushAnswer> {
  const now = Date.now();
  const scope = scopeOf(sender, 'order.write');
  const { again = false, position = null } = request;
  const good: Recollected[] = [];
  const rejections: Rejection[] = [];
  for (const [index, pushed] of request.changes.entries()) {
    const checked: Checked = scope ? checkForm(pushed, sender, again) : READ_ONLY;
    if ('reason' in checked) rejections.push({ change: nameOf(pushed, index), ...checked.reason });
    else good.push(checked.change);
  }
  const offset = now - request.now;
  const taken = scope
    ? await store.push({ changes: good, position, offset, sender, scope, now })
    : { intact: true, position: null, verdicts: [] };
  const { intact, verdicts } = taken;
  if (!intact)
    return { epoch: store.epoch, intact, position: taken.position, receipts: [], rejections: [] };
  const receipts = verdicts.flatMap((verdict) => ('seq' in verdict ? verdict : []));
  rejections.push(...verdicts.flatMap((verdict) => ('seq' in verdict ? [] : verdict)));
  if (rejections.length > 0) await store.noteRejections(sender, rejections, now);
  return { epoch: store.epoch, intact, position: taken.position, receipts, rejections };
}

/** What a rejection calls a change: its id, or its place in the push when it has none. */
const nameOf = (pushed: unknown, index: number): string => {
  const named = z.looseObject({ id: z.string().min(1).max(80) }).safeParse(pushed);
  return named.success ? named.data.id : `#${index}`;
};

type Checked = { readonly change: Recollected } | { readonly reason: Omit<Rejection, 'change'> };

const READ_ONLY: Checked = {
  reason: { code: 'read-only', message: '您的账号不能修改工单，请由装维人员修改' },
};

/** @param again whether it may be what another device once sent, with what was known of it */
function checkForm(pushed: unknown, sender: Sender, again: boolean): Checked {
  const refuse = (code: string, message: string): Checked => ({ reason: { code, message } });
  if (!nestsWithin(pushed, LIMITS.valueLevels)) {
    return refuse('bad-change', '这一项的内容格式不对，请重新填写该项');
  }
  const parsed = (again ? recollectedSchema : changeSchema).safeParse(pushed);
  if (!parsed.success || !isKeepable(parsed.data)) {
    return refuse('bad-change', '这一项的内容格式不对，请更新应用后重新填写该项');
  }
  const change = parsed.data;
  if (change.field === REVIEW_FIELD) {
    return refuse('read-only', '审核结果只能由后台审核人员填写');
  }
  if (Buffer.byteLength(JSON.stringify(change.value)) > LIMITS.valueBytes) {
    return refuse('too-large', '这一项的内容过大，请缩短后重新填写');
  }
  if (change.device !== sender.device && !again) {
    return refuse('bad-device', '这一项来自另一台设备，请在那台设备上上传，或重新登记本设备');
  }
  return { change };
}

/** Whether a value's arrays and objects nest at most so deep; looks no deeper than that itself. */
const nestsWithin = (value: unknown, levels: number): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (levels > 0 && Object.values(value).every((inner) => nestsWithin(inner, levels - 1)));

/** Ids in the one spelling that the database gives back, and texts it can hold. */
const isKeepable = ({ id, record, was, settles = [], device, by, field }: Change): boolean =>
  [id, record, was ?? '', ...settles, device].every((text) => text === text.toLowerCase()) &&
  isStorable(by + field);
