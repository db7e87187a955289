import { timingSafeEqual } from 'node:crypto';
import { markOf, unpack } from '../../domain/sync/carried.ts';
import type { CarriedChange } from '../../domain/sync/wire.ts';
import { scopeOf } from '../rights.ts';
import type { Author, Maker, Pushed, Sender, Store } from '../store/index.ts';

/** Who brings changes that other devices made: somebody signed in, or somebody at the service itself. */
export interface Bringer {
  readonly sender: Sender | null;
  /** Whose the changes of a device become that never enrolled; null when nobody said. */
  readonly strangers: Author | null;
}

/** Some changes were made on a device that never enrolled, and nobody said whose they are. */
export class StrangerError extends Error {}

/** The sender as the author of what was made on the own device. */
export const authorOf = (sender: Sender): Author => ({
  ...{ user: sender.user, home: sender.home },
  scope: scopeOf(sender, 'order.write'),
});

/**
 * In whose name carried changes are made. A device's mark names the person whom its token was given
 * to. Without one, an installer's device may bring what it could have made itself: its own person's
 * changes, and those of devices that nobody knows.
 *
 * @throws {StrangerError}
 */
export async function authorise(
  store: Pick<Store, 'makers' | 'authors'>,
  carried: readonly CarriedChange[],
  { sender, strangers }: Bringer,
): Promise<Pushed[]> {
  const known = await store.makers([...new Set(carried.map(({ device }) => device))]);
  const people = [...known.values()].flatMap(({ tokens }) => tokens.map(({ user }) => user));
  const authors = await store.authors([...new Set(people)]);
  const self = sender && authorOf(sender);
  const own = self?.scope ? self : null;
  return carried.map((each): Pushed => {
    const { change, offset } = unpack(each);
    const maker = known.get(change.device);
    if (!maker && !own && !strangers) throw new StrangerError();
    const named = maker && userByMark(maker, each, own !== null);
    const proved = named ? authors.get(named) : undefined;
    const author = maker ? (proved ?? (maker.user === own?.user ? own : null)) : (own ?? strangers);
    return { change, author, offset: offset === null ? 0 : -offset };
  });
}

/** A lost device's marks may be its finder's: then somebody at the office has to bring the bundle. */
function userByMark(maker: Maker, carried: CarriedChange, byDevice: boolean): string | null {
  const { change, offset, mark } = unpack(carried);
  if (mark === null || (maker.wipe && byDevice)) return null;
  const shown = Buffer.from(mark, 'hex');
  const given = maker.tokens.find(({ hash }) =>
    timingSafeEqual(shown, Buffer.from(markOf(Buffer.from(hash, 'hex'), change, offset), 'hex')),
  );
  return given?.user ?? null;
}
