import type { Sealed } from '../store/sealed.ts';
import { type Service, ServiceError } from './service.ts';

/** The service answered, but not to what was asked; waiting is better than asking at once again. */
const noProgress = () =>
  new ServiceError('answered', 'no-progress', '同步服务没有确认收到的内容，稍后会自动重试。');

/**
 * One round: everything that waits is sent, changes before the attachments that they name, then what
 * others changed is pulled. Each step is kept before the next one starts, so that a round may be cut
 * anywhere. Refused entries stay on the device with their reason and do not stop the others.
 *
 * @param isStopped asked between steps
 * @throws {ServiceError}
 */
export const runRound = async (
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
  const adopt = async (epoch: string) => {
    const known = (await sealed.identity()).epoch;
    if (known !== epoch) await sealed.adoptEpoch(epoch);
  };

  for (
    let batch = await sealed.nextChanges();
    batch.length > 0;
    batch = await sealed.nextChanges()
  ) {
    progress(
      batch.map(({ order }) => order),
      0,
    );
    const answer = await service.push(batch.map(({ change }) => change));
    await adopt(answer.epoch);
    const settled = await sealed.settle(batch, answer);
    if (settled === 0) throw noProgress();
    progress([], settled);
    if (isStopped()) return;
  }

  for (let next = await sealed.nextAttachment(); next; next = await sealed.nextAttachment()) {
    const { sha256, order, bytes } = next;
    progress([order], 0);
    try {
      const receipt = await service.putAttachment(sha256, order, bytes);
      if (receipt.sha256 !== sha256) throw noProgress();
      await sealed.attachmentStored(receipt);
    } catch (error) {
      if (!(error instanceof ServiceError && error.isFinal)) throw error;
      await sealed.attachmentRefused(sha256, error);
    }
    progress([], 1);
    if (isStopped()) return;
  }

  for (let more = true; more && !isStopped(); ) {
    const { epoch, cursor } = await sealed.identity();
    const page = await service.pull(cursor);
    if (epoch !== null && page.epoch !== epoch) {
      // Another service than the one the cursor belongs to: this page is none of ours.
      await sealed.adoptEpoch(page.epoch);
      continue;
    }
    if (epoch === null) await sealed.adoptEpoch(page.epoch);
    await sealed.applyPage(page);
    more = page.more;
  }
};
