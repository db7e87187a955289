import { timingSafeEqual } from 'node:crypto';
import { markOf, unpack } from '../../domain/sync/carried.ts';
import type { CarriedChange } from '../../domain/sync/wire.ts';
import type { Maker, Pushed, Sender, Store } from '../store/index.ts';

/** Who brings changes that other devices made: an enrolled device, or somebody at the service itself. */
export interface Carrier {
  readonly sender: Pick<Sender, 'owner' | 'role'> | null;
  /** Whose the changes of a device become that never enrolled; null when nobody said. */
  readonly strangersOwner: string | null;
}

/** Some changes were made on a device that never enrolled, and nobody said whose they are. */
export class StrangerError extends Error {}

/**
 * In whose name carried changes are made. A device's mark names the person whom its token was given
 * to. Without one, a device may bring what it could have made itself: its own person's changes, and
 * those of devices that nobody knows.
 *
 * @throws {StrangerError}
 */
export async function authorise(
  store: Store,
  carried: readonly CarriedChange[],
  { sender, strangersOwner }: Carrier,
): Promise<Pushed[]> {
  const known = await store.makers([...new Set(carried.map(({ device }) => device))]);
  const own = sender?.role === 'installer' ? sender.owner : null;
  return carried.map((each) => {
    const { change, offset } = unpack(each);
    const maker = known.get(change.device);
    const named = maker ? ownerByMark(maker, each, own !== null) : (own ?? strangersOwner);
    if (!maker && named === null) throw new StrangerError();
    const owner = named ?? (maker?.owner === own ? own : null);
    return { change, owner, offset: offset === null ? 0 : -offset };
  });
}

/** A lost device's marks may be its finder's: then somebody at the office has to bring the bundle. */
function ownerByMark(maker: Maker, carried: CarriedChange, byDevice: boolean): string | null {
  const { change, offset, mark } = unpack(carried);
  if (mark === null || (maker.wipe && byDevice)) return null;
  const shown = Buffer.from(mark, 'hex');
  const given = maker.tokens.find(({ hash }) =>
    timingSafeEqual(shown, Buffer.from(markOf(Buffer.from(hash, 'hex'), change, offset), 'hex')),
  );
  return given?.owner ?? null;
}
