import { randomInt } from 'node:crypto';
import { LIMITS } from '../../domain/sync/limits.ts';
import { ServiceError } from './errors.ts';

/**
 * Lets pushes in while their answers can be soon: when a whole province comes back after an outage, some
 * devices are asked to come again in a few seconds instead of all waiting for a minute. Each process
 * counts for itself.
 */
export interface Gate {
  /** Does the work of a push. @throws ServiceError `busy`, with when to come again; nothing was done then */
  pass<T>(device: string, changes: number, work: () => Promise<T>): Promise<T>;
}

const MINUTE = 60_000;

export function createGate(): Gate {
  let underWay = 0;
  // By device, its pushes of this minute.
  const pushes = new Map<string, number>();
  let since = Date.now();

  const countPush = (device: string): void => {
    if (Math.abs(Date.now() - since) >= MINUTE) {
      pushes.clear();
      since = Date.now();
    }
    const count = (pushes.get(device) ?? 0) + 1;
    pushes.set(device, count);
    if (count > LIMITS.pushesAMinute) {
      throw new ServiceError('busy', Math.ceil((since + MINUTE - Date.now()) / 1000));
    }
  };

  return {
    async pass(device, changes, work) {
      countPush(device);
      // One alone is let in however large it is.
      if (underWay > 0 && underWay + changes > LIMITS.changesUnderWay) {
        // Not all at the same moment again.
        throw new ServiceError('busy', randomInt(1, LIMITS.busyWait + 1));
      }
      underWay += changes;
      try {
        return await work();
      } finally {
        underWay -= changes;
      }
    },
  };
}
