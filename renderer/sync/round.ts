import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { OutgoingAttachment, Sealed } from '../store/sealed.ts';
import { type Service, ServiceError } from './service.ts';

/** The service answered, but not to what was asked; waiting is better than asking at once again. */
const noProgress = () =>
  new ServiceError('answered', 'no-progress', '同步服务没有确认收到的内容，稍后会自动重试。');

const DAMAGED = {
  code: 'damaged',
  message: '这个文件在本机已经损坏，请在“文书”中重新生成，再请客户过目。',
};

const isDamaged = ({ sha256: named, bytes }: OutgoingAttachment): boolean =>
  bytesToHex(sha256(bytes)) !== named;

/**
 * Sends everything that waits: changes, then the attachments that they name. Each step is kept before
 * the next one starts, so that it may be cut anywhere. Refused entries stay on the device with their
 * reason and hold nothing back; neither does a file that the service cannot take now.
 *
 * @param isStopped asked between steps
 * @throws {ServiceError} the last one of a postponed file only after everything else was sent
 */
export const sendAll = async (
  service: Service,
  sealed: Sealed,
  isStopped: () => boolean,
): Promise<void> => {
  const total = await sealed.waiting();
  let done = 0;
  const progress = (orders: Iterable<string>, more: number) => {
    done += more;
    sealed.setSync({
      sending: new Set(orders),
      progress: total > 0 ? { done, total: Math.max(done, total) } : null,
    });
  };

  while (!isStopped()) {
    const batch = await sealed.nextChanges();
    if (batch.length === 0) break;
    progress(
      batch.map(({ order }) => order),
      0,
    );
    const answer = await service.push(batch.map(({ change }) => change));
    const { epoch } = await sealed.identity();
    if (answer.epoch !== epoch) await sealed.adoptEpoch(answer.epoch);
    const settled = await sealed.settle(batch, answer);
    if (settled === 0) throw noProgress();
    progress([], settled);
  }

  let postponed: ServiceError | null = null;
  const tried = new Set<string>();
  while (!isStopped()) {
    const next = await sealed.nextAttachment(tried);
    if (!next) break;
    tried.add(next.sha256);
    progress([next.order], 0);
    try {
      const receipt = await service.putAttachment(next.sha256, next.order, next.bytes);
      if (receipt.sha256 !== next.sha256) throw noProgress();
      await sealed.attachmentStored(receipt);
    } catch (error) {
      if (!(error instanceof ServiceError) || error.isUnreachable || error.isUnauthorised) {
        throw error;
      }
      if (error.isFinal) await sealed.attachmentRefused(next.sha256, error);
      else if (isDamaged(next)) await sealed.attachmentRefused(next.sha256, DAMAGED);
      else postponed = error;
    }
    progress([], 1);
  }
  if (postponed) throw postponed;
};

/**
 * Pulls what others changed, page by page, from where the last page ended.
 *
 * @returns whether the service turned out to be another one, or to have lost what it had: then what it
 *   had confirmed waits to be sent again
 * @throws {ServiceError}
 */
export const receiveAll = async (
  service: Service,
  sealed: Sealed,
  isStopped: () => boolean,
): Promise<boolean> => {
  let startedOver = false;
  for (let more = true; more && !isStopped(); ) {
    const { epoch, cursor } = await sealed.identity();
    const asked = Date.now();
    const page = await service.pull(cursor);
    // What the way there took is taken to be half of the whole way.
    if (page.now !== undefined) await sealed.clockMeasured((asked + Date.now()) / 2 - page.now);
    if (page.epoch !== epoch || page.cursor < cursor) {
      await sealed.adoptEpoch(page.epoch, page.epoch === epoch);
      startedOver = true;
      continue;
    }
    await sealed.applyPage(page);
    more = page.more;
  }
  return startedOver;
};
