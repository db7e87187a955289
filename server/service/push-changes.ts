import { z } from 'zod';
import { REVIEW_FIELD } from '../../domain/review/review.ts';
import type { Recollected } from '../../domain/sync/change.ts';
import { type Change, changeSchema, type Rejection } from '../../domain/sync/change.ts';
import { offsetOf } from '../../domain/sync/clock.ts';
import {
  type CarriedChange,
  carriedChangeSchema,
  LIMITS,
  type PushAnswer,
  type PushRequest,
  recollectedSchema,
} from '../../domain/sync/wire.ts';
import { carryScopeOf } from '../rights.ts';
import type { Pushed, Sender, Store } from '../store/index.ts';
import { authorise, authorOf } from './carried-changes.ts';
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
  const author = authorOf(sender);
  const { again = false, position = null } = request;
  const offset = offsetOf(request, now);
  const good: (Pushed | CarriedChange)[] = [];
  const rejections: Rejection[] = [];
  for (const [index, pushed] of request.changes.entries()) {
    const checked: Checked = author.scope ? checkPushed(pushed, sender, again) : READ_ONLY;
    if ('reason' in checked) rejections.push({ change: nameOf(pushed, index), ...checked.reason });
    else if ('carried' in checked) good.push(checked.carried);
    else good.push({ change: checked.change, offset, author });
  }
  const others = good.flatMap((each) => ('mark' in each ? each : []));
  const carried = (await authorise(store, others, { sender, strangers: null })).values();
  // Each in its place: what replaces another comes behind it.
  const changes = good.flatMap((each) => ('mark' in each ? (carried.next().value ?? []) : each));
  const taken = author.scope
    ? await store.push({ changes, position, carrier: sender, scope: carryScopeOf(sender), now })
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

type Refused = { readonly reason: Omit<Rejection, 'change'> };
type Checked = { readonly change: Recollected } | { readonly carried: CarriedChange } | Refused;

const refuse = (code: string, message: string): Refused => ({ reason: { code, message } });

const READ_ONLY = refuse('read-only', '您的账号不能修改工单，请由装维人员修改');

/** @param again whether it may be what another device once sent, with what was known of it */
function checkPushed(pushed: unknown, sender: Sender, again: boolean): Checked {
  if (typeof pushed === 'object' && pushed !== null && 'mark' in pushed) {
    const carried = checkForm(carriedChangeSchema, pushed);
    return 'reason' in carried ? carried : { carried: carried.change };
  }
  const checked = checkForm<Recollected>(again ? recollectedSchema : changeSchema, pushed);
  if ('reason' in checked || again || checked.change.device === sender.device) return checked;
  return refuse('bad-device', '这一项来自另一台设备，请在那台设备上上传，或重新登记本设备');
}

/** Whether a change is one that the log can hold, whoever sent it. */
export function checkForm<T extends Change>(
  schema: z.ZodType<T>,
  pushed: unknown,
): { readonly change: T } | Refused {
  if (!nestsWithin(pushed, LIMITS.valueLevels)) {
    return refuse('bad-change', '这一项的内容格式不对，请重新填写该项');
  }
  const parsed = schema.safeParse(pushed);
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
