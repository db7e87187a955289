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
  /** Refused changes that a person typed over while they were under way, and words of bytes that are lost. */
  readonly given = new Set<string>();
  /** Orders of another team. */
  readonly foreign = new Set<string>();
  readonly #recollected = new Set<string>();
  readonly #now: () => number;
  readonly #jumpsOf: (device: string) => number;

  readonly #fail: (error: Violation) => void;

  constructor(
    now: () => number,
    jumpsOf: (device: string) => number,
    fail: (error: Violation) => void,
  ) {
    this.#fail = fail;
    this.#now = now;
    this.#jumpsOf = jumpsOf;
  }

  /** A person changed a field while these values of it were in front of them. */
  committed(
    device: string,
    change: Change,
    seen: readonly string[],
    typed: { readonly at: number; readonly jumps: number } | undefined,
  ): void {
    const known = new Set(seen);
    for (const id of seen) for (const more of this.knew.get(id) ?? []) known.add(more);
    this.knew.set(change.id, known);
    this.made.set(change.id, { change, device, at: typed?.at ?? 0, jumps: typed?.jumps ?? -1 });
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

  /** Whether the service has no reason to refuse a change of an order. */
  isGood({ field, value }: Change, order: string): boolean {
    return !this.foreign.has(order) && (typeof value !== 'boolean' || field.endsWith('.deleted'));
  }

  accepted(
    change: LoggedChange,
    order: string,
    call: PushCall,
    log: ReadonlyMap<string, LoggedChange>,
  ): void {
    const made = this.made.get(change.id);
    // The service would take what is thrown here for a fault of its own.
    const fail = (why: string) => this.#fail(new Violation(`${change.id} ${why}`));
    if (!made) {
      fail('was taken, and nobody made it');
      return;
    }
    if (!this.isGood(change, order)) fail('was taken, and must not be');
    const { place } = change;
    const now = this.#now();
    // A chain of changes may pass the service's clock by a millisecond for each.
    const chain = (this.knew.get(change.id)?.size ?? 0) + 1;
    if (place > now + chain) fail(`lies ${place - now} ms in the future`);
    const isSteady = made.jumps === this.#jumpsOf(made.device);
    const isOwn = !call.again && !call.carried;
    if (call.again) this.#recollected.add(change.id);
    const known = [...(this.knew.get(change.id) ?? [])].map((id) => log.get(id)?.place ?? 0);
    const latest = Math.max(made.at + LONGEST_WAY, ...known) + chain;
    // What is told again may come before what it stood on, whose place is then its own.
    const isOrdinary = ![change.id, ...(this.knew.get(change.id) ?? [])].some((id) =>
      this.#recollected.has(id),
    );
    if (isOrdinary && known.some((one) => one >= place)) fail('lies before what it replaced');
    if (isSteady && isOwn && (place < made.at - 1 || place > latest)) {
      fail(`was placed ${place - made.at} ms after it was made`);
    }
  }

  /** The changes of a field that nobody who knew of them replaced. */
  heads(changes: readonly LoggedChange[]): LoggedChange[] {
    const known = new Set(changes.flatMap(({ id }) => [...(this.knew.get(id) ?? [])]));
    return changes.filter(({ id }) => !known.has(id));
  }
}
