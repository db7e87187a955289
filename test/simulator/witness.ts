/**
 * Who knows what really happened. It sees what people saw and did, and nothing of how the code decides:
 * from who knew of what it says what must stand in the end, and what must not be lost.
 */
import type { Change } from '../../domain/sync/change.ts';
import type { LoggedChange } from '../../domain/sync/log.ts';
import type { PushCall, Witness as Seer } from './service.ts';

/** The longest that a request is under way, ms: network, waiting for the lock, and the transaction. */
const LONGEST_WAY = 200_000;

export class Violation extends Error {
  override readonly name = 'Violation';
}

interface Made {
  readonly change: Change;
  readonly device: string;
  /** When, by a clock that is right. */
  readonly at: number;
  /** How often the device's clock had jumped by then. */
  readonly jumps: number;
}

export class Witness implements Seer {
  /** Each change that a device committed, by id. */
  readonly made = new Map<string, Made>();
  /** Change → all changes that its author knew of when making it. */
  readonly knew = new Map<string, ReadonlySet<string>>();
  /** Changes that another one of the same device took the place of before they were sent. */
  readonly replaced = new Set<string>();
  /** By device, the changes that it knows the service to have had. */
  readonly held = new Map<string, Set<string>>();
  /** Refused changes that a person typed over while they were under way. */
  readonly given = new Set<string>();
  readonly #places = new Map<string, number>();
  readonly #now: () => number;
  readonly #jumpsOf: (device: string) => number;

  constructor(now: () => number, jumpsOf: (device: string) => number) {
    this.#now = now;
    this.#jumpsOf = jumpsOf;
  }

  /** A person changed a field while these values of it were in front of them. */
  committed(device: string, change: Change, seen: readonly string[]): void {
    const known = new Set(seen);
    for (const id of seen) for (const more of this.knew.get(id) ?? []) known.add(more);
    this.knew.set(change.id, known);
    this.made.set(change.id, { change, device, at: this.#now(), jumps: this.#jumpsOf(device) });
  }

  /** A device stored a receipt, or was told of a change by a pull. */
  holds(device: string, id: string): void {
    this.held.set(device, (this.held.get(device) ?? new Set()).add(id));
  }

  /** A device lost its data: what only it held is lost with it. */
  lost(device: string): void {
    this.held.delete(device);
  }

  /** A device lost its database and has only what its journal holds. */
  rebuilt(device: string, journal: ReadonlySet<string>): void {
    const held = [...(this.held.get(device) ?? [])].filter((id) => journal.has(id));
    this.held.set(device, new Set(held));
  }

  accepted(change: LoggedChange, call: PushCall): void {
    const made = this.made.get(change.id);
    if (!made) throw new Violation(`the service took ${change.id}, which nobody made`);
    const { place, seq } = change;
    const now = this.#now();
    // A chain of changes may pass the service's clock by a millisecond for each.
    const chain = (this.knew.get(change.id)?.size ?? 0) + 1;
    if (place > now + chain) {
      throw new Violation(`${change.id} (${seq}) lies ${place - now} ms in the future`);
    }
    this.#places.set(change.id, place);
    const isSteady = made.jumps === this.#jumpsOf(made.device);
    const isOwn = !call.again && !call.carried;
    const known = [...(this.knew.get(change.id) ?? [])].map((id) => this.#places.get(id) ?? 0);
    const latest = Math.max(made.at + LONGEST_WAY, ...known) + chain;
    if (known.some((one) => one >= place))
      throw new Violation(`${change.id} lies before what it replaced`);
    if (isSteady && isOwn && (place < made.at - 1 || place > latest)) {
      throw new Violation(
        `${change.id} was made at ${made.at} and placed ${place - made.at} ms off`,
      );
    }
  }

  /** The changes of a field that nobody who knew of them replaced. */
  heads(changes: readonly LoggedChange[]): LoggedChange[] {
    const known = new Set(changes.flatMap(({ id }) => [...(this.knew.get(id) ?? [])]));
    return changes.filter(({ id }) => !known.has(id));
  }
}
