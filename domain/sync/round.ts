/**
 * One round of a device's sync, over two ports: the service and the device's store. Each step is kept
 * before the next one starts, so that it may be cut anywhere.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Change, Recollected } from './change.ts';
import { WALK_START, type Walk } from './recollect.ts';
import { ServiceError } from './service-error.ts';
import type { Asked, OutgoingChange, SyncMeta } from './tables.ts';
import {
  type AttachmentReceipt,
  LIMITS,
  type PullAnswer,
  type PushAnswer,
  type WireError,
} from './wire.ts';

/** The service as a round asks it. @throws {ServiceError} from every function */
export interface RoundService {
  push(changes: readonly Change[], position: string | null): Promise<PushAnswer>;
  /** Sends again what the service may have lost. */
  recollect(offers: readonly Recollected[], position: string | null): Promise<PushAnswer>;
  pull(cursor: number, position: string | null): Promise<PullAnswer>;
  putAttachment(sha256: string, order: string, bytes: Uint8Array): Promise<AttachmentReceipt>;
}

export interface OutgoingAttachment {
  readonly order: string;
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

/** The device's store as a round uses it: each function is one transaction. */
export interface RoundStore {
  syncMeta(): Promise<SyncMeta>;
  nextChanges(): Promise<readonly OutgoingChange[]>;
  /** Stores what the service answered to what was sent. Returns how many of it were answered. */
  settle(sent: readonly OutgoingChange[], answer: PushAnswer, asked: Asked): Promise<number>;
  applyPage(page: PullAnswer, asked: Asked): Promise<void>;
  /** The service is another one, or has lost something: see `replica.ts`. */
  startOver(epoch: string, asked: Asked): Promise<void>;
  nextOffers(walk: Walk): Promise<{ offers: readonly Recollected[]; next: Walk }>;
  settleOffers(offers: readonly Recollected[], answer: PushAnswer, asked: Asked): Promise<number>;
  /** All that the service may have lost was sent again. */
  recollected(asked: Asked): Promise<void>;
  /** Bytes without a receipt, none of `tried`, of an order whose changes have been answered. */
  nextAttachment(tried: ReadonlySet<string>): Promise<OutgoingAttachment | null>;
  attachmentStored(receipt: AttachmentReceipt): Promise<void>;
  attachmentRefused(sha256: string, reason: WireError): Promise<void>;
  /** Hears how far the device's clock is ahead of the service's, and by how much that may be wrong, in ms. */
  clockMeasured(offset: number, error: number): Promise<void>;
  /** How much waits to be sent: changes and attachments, refused ones left out. */
  waiting(): Promise<number>;
}

export interface RoundParts {
  readonly service: RoundService;
  readonly store: RoundStore;
  /** The device's clock, ms. */
  now(): number;
  /** Asked between steps. */
  isStopped(): boolean;
  /** Says what is under way: these orders, `done` of `total`. */
  report(orders: Iterable<string>, done: number, total: number): void;
}

/** The service answered, but not to what was asked; waiting is better than asking at once again. */
const noProgress = () =>
  new ServiceError('answered', 'no-progress', '同步服务没有确认收到的内容，稍后会自动重试。');

const DAMAGED = {
  code: 'damaged',
  message: '这个文件在本机已经损坏，请在“文书”中重新生成，再请客户过目。',
};

const isDamaged = ({ sha256: named, bytes }: OutgoingAttachment): boolean =>
  bytesToHex(sha256(bytes)) !== named;

/** Whether the service answers from the history that the device knows. */
const isKnown = (answer: Pick<PullAnswer, 'epoch' | 'intact'>, { epoch }: SyncMeta): boolean =>
  answer.intact && answer.epoch === epoch;

/**
 * Everything there is to do: sends what waits, changes first, then attachments, and pulls what others
 * changed. A service that has lost something is first asked what it has, and told what it lost, so that
 * what was made since stands on what it was made from.
 *
 * @returns whether the service turned out to have lost something: then there is more to do at once
 * @throws {ServiceError} one that only a file met, after everything else was done
 */
export const syncRound = async (parts: RoundParts): Promise<boolean> => {
  if ((await parts.store.syncMeta()).recollecting) {
    const again = (await receiveAll(parts)) || (await recollectAll(parts));
    if (again || (await receiveAll(parts))) return true;
  }
  const { lost, failed } = await sendAll(parts, true);
  if (lost) return true;
  // What others changed is pulled even when a file could not be sent.
  const again = await receiveAll(parts);
  if (failed) throw failed;
  return again;
};

/**
 * Only the sending half, for a device that keeps no copy of what others do: what is typed there all the
 * same gets its answer.
 *
 * @returns as `syncRound`
 */
export const sendRound = async (parts: RoundParts): Promise<boolean> => {
  const { lost, failed } = await sendAll(parts, false);
  if (failed && !lost) throw failed;
  return lost;
};

/**
 * Sends what waits: changes before each file, so that what was typed while one was on its way, and what
 * says that it arrived, never wait for the next. Refused files stay on the device with their reason and
 * hold nothing back; neither does a file that the service cannot take now.
 *
 * @param tells whether this device tells the service first what it lost: another window may have noticed
 * @returns whether the service turned out to have lost something, and the error of the last file that
 *   has to wait
 */
const sendAll = async (
  parts: RoundParts,
  tells: boolean,
): Promise<{ readonly lost: boolean; readonly failed: ServiceError | null }> => {
  const { store, isStopped, report } = parts;
  const tried = new Set<string>();
  const failures: ServiceError[] = [];
  const failed = () => failures.at(-1) ?? null;
  while (!(await sendChanges(parts, tells))) {
    // A service that asks to be left alone is not asked for the next file.
    const isEnough = isStopped() || failed()?.retryAfter;
    const next = isEnough ? null : await store.nextAttachment(tried);
    if (!next) return { lost: false, failed: failed() };
    report([next.order], tried.size, tried.size + (await store.waiting()));
    tried.add(next.sha256);
    failures.push(...(await sendAttachment(parts, next)));
  }
  return { lost: true, failed: failed() };
};

/** Changes in the first push: a bad line has a receipt soon, and a good one is tried with ever more. */
const FIRST_BATCH = 50;

/** @returns whether the service turned out to have lost something */
const sendChanges = async (
  { service, store, isStopped, report }: RoundParts,
  tells: boolean,
): Promise<boolean> => {
  const total = await store.waiting();
  let done = 0;
  for (let most = FIRST_BATCH; !isStopped(); most *= 4) {
    const batch = (await store.nextChanges()).slice(0, most);
    if (batch.length === 0) break;
    report(new Set(batch.map(({ order }) => order)), done, total);
    const meta = await store.syncMeta();
    if (tells && meta.recollecting) return true;
    const answer = await service.push(
      batch.map(({ change }) => change),
      meta.position,
    );
    if (!isKnown(answer, meta)) {
      await store.startOver(answer.epoch, meta);
      return true;
    }
    const settled = await store.settle(batch, answer, meta);
    if (settled === 0) throw noProgress();
    done += settled;
  }
  return false;
};

/** @returns why it has to wait; nothing when it was taken or refused */
const sendAttachment = async (
  { service, store }: RoundParts,
  next: OutgoingAttachment,
): Promise<readonly ServiceError[]> => {
  try {
    const receipt = await service.putAttachment(next.sha256, next.order, next.bytes);
    if (receipt.sha256 !== next.sha256) throw noProgress();
    await store.attachmentStored(receipt);
  } catch (error) {
    if (!(error instanceof ServiceError) || error.isUnreachable || error.isUnauthorised) {
      throw error;
    }
    if (error.isFinal) await store.attachmentRefused(next.sha256, error);
    else if (isDamaged(next)) await store.attachmentRefused(next.sha256, DAMAGED);
    else return [error];
  }
  return [];
};

/**
 * Pulls what others changed, page by page, from where the last page ended.
 *
 * @returns whether the service turned out to be another one, or to have lost what it had
 */
const receiveAll = async ({ service, store, now, isStopped }: RoundParts): Promise<boolean> => {
  for (let more = true; more && !isStopped(); ) {
    const meta = await store.syncMeta();
    const asked = now();
    const page = await service.pull(meta.cursor, meta.position);
    if (page.now !== undefined) {
      // What the way there took is taken to be half of the whole way.
      const half = (now() - asked) / 2;
      await store.clockMeasured(asked + half - page.now, half);
    }
    if (!isKnown(page, meta)) {
      await store.startOver(page.epoch, meta);
      return true;
    }
    await store.applyPage(page, meta);
    more = page.more;
  }
  return false;
};

/** Sends again what the service may have lost. @returns whether it has lost something once more */
const recollectAll = async ({ service, store, isStopped }: RoundParts): Promise<boolean> => {
  const started = await store.syncMeta();
  for (let walk = WALK_START; walk.table !== 'done'; ) {
    if (isStopped()) return false;
    const { offers, next } = await store.nextOffers(walk);
    for (const batch of batchesOf(offers)) {
      const meta = await store.syncMeta();
      const answer = await service.recollect(batch, meta.position);
      if (!isKnown(answer, meta)) {
        await store.startOver(answer.epoch, meta);
        return true;
      }
      // Late, and all that was told may be lost again.
      if ((await store.settleOffers(batch, answer, meta)) === 0) return true;
    }
    walk = next;
  }
  await store.recollected(started);
  return false;
};

/** Offers in the sizes of a push; their values are within the wire's limits one by one. */
function* batchesOf(offers: readonly Recollected[]): Generator<readonly Recollected[]> {
  let batch: Recollected[] = [];
  let bytes = 0;
  for (const offer of offers) {
    const size = JSON.stringify(offer).length * 3;
    if (
      batch.length === LIMITS.pushChanges ||
      (batch.length > 0 && bytes + size > LIMITS.batchBytes)
    ) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(offer);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
