import { z } from 'zod';
import { type Change, changeSchema, type Rejection } from '../../domain/sync/change.ts';
import {
  type CarriedChange,
  carriedChangeSchema,
  LIMITS,
  type PushAnswer,
} from '../../domain/sync/wire.ts';
import type { Pushed, Sender, Store } from '../store/index.ts';
import { authorise } from './carried-changes.ts';
import { isStorable } from './storable.ts';

/** Levels of arrays and objects in a value; a signature's strokes have three. */
const VALUE_LEVELS = 8;

/**
 * Takes a push: checks the form, size and device of each change, and hands the good ones to the
 * store. One bad change never blocks the good ones behind it; each change gets one answer.
 */
export async function pushChanges(
  store: Store,
  sender: Sender,
  request: { readonly now: number; readonly changes: readonly unknown[] },
): Promise<PushAnswer> {
  const now = Date.now();
  const offset = now - request.now;
  const good: (Pushed | CarriedChange)[] = [];
  const rejections: Rejection[] = [];
  for (const [index, pushed] of request.changes.entries()) {
    const checked = checkPushed(pushed, sender);
    if ('reason' in checked) rejections.push({ change: nameOf(pushed, index), ...checked.reason });
    else if ('carried' in checked) good.push(checked.carried);
    else good.push({ change: checked.change, offset, owner: sender.owner });
  }
  const receipts: PushAnswer['receipts'] = [];
  if (good.length > 0) {
    const carried = await authorise(
      store,
      good.flatMap((each) => ('mark' in each ? each : [])),
      { sender, strangersOwner: null },
    );
    const others = carried.values();
    // Each in its place: what replaces another comes behind it.
    const changes = good.flatMap((each) => ('mark' in each ? (others.next().value ?? []) : each));
    for (const verdict of await store.push({ changes, now })) {
      if ('seq' in verdict) receipts.push(verdict);
      else rejections.push(verdict);
    }
  }
  return { epoch: store.epoch, receipts, rejections };
}

/** What a rejection calls a change: its id, or its place in the push when it has none. */
const nameOf = (pushed: unknown, index: number): string => {
  const named = z.looseObject({ id: z.string().min(1).max(80) }).safeParse(pushed);
  return named.success ? named.data.id : `#${index}`;
};

type Refused = { readonly reason: Omit<Rejection, 'change'> };
const refuse = (code: string, message: string): Refused => ({ reason: { code, message } });

type Checked = { readonly change: Change } | { readonly carried: CarriedChange } | Refused;

function checkPushed(pushed: unknown, sender: Sender): Checked {
  if (sender.role === 'office') return refuse('read-only', '后台账号只能查看，不能修改');
  if (typeof pushed === 'object' && pushed !== null && 'mark' in pushed) {
    const carried = checkForm(carriedChangeSchema, pushed);
    return 'reason' in carried ? carried : { carried: carried.change };
  }
  const checked = checkForm(changeSchema, pushed);
  if ('reason' in checked) return checked;
  const { change } = checked;
  if (change.device !== sender.device) {
    return refuse('bad-device', '这一项来自另一台设备，请在那台设备上上传，或重新登记本设备');
  }
  return { change };
}

/** Whether a change is one that the log can hold, whoever sent it. */
export function checkForm<T extends Change>(
  schema: z.ZodType<T>,
  pushed: unknown,
): { readonly change: T } | Refused {
  if (!nestsWithin(pushed, VALUE_LEVELS)) {
    return refuse('bad-change', '这一项的内容格式不对，请重新填写该项');
  }
  const parsed = schema.safeParse(pushed);
  if (!parsed.success || !isKeepable(parsed.data)) {
    return refuse('bad-change', '这一项的内容格式不对，请更新应用后重新填写该项');
  }
  const change = parsed.data;
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
const isKeepable = ({ id, record, was, device, by, field }: Change): boolean =>
  [id, record, was ?? '', device].every((text) => text === text.toLowerCase()) &&
  isStorable(by + field);
