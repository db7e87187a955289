/**
 * A device: a disk, a clock, windows that are opened and killed, a person who types. The code under
 * test is the product's: the writer, the journal's replay, the rules of the replica and the round.
 */
import type { Change } from '../../domain/sync/change.ts';
import { lackingOf, latestOf } from '../../domain/sync/lacking.ts';
import { syncRound } from '../../domain/sync/round.ts';
import { ServiceError } from '../../domain/sync/service-error.ts';
import type { Writer } from '../../renderer/store/writer.ts';
import { Disk, QuotaExceeded } from './disk.ts';
import type { Network } from './network.ts';
import { serviceOf, storeOf } from './round-ports.ts';
import { Saving } from './saving.ts';
import type { Service } from './service.ts';
import { Violation, type Witness } from './witness.ts';
import { uuidOf, type World } from './world.ts';

export interface Surroundings {
  readonly world: World;
  readonly network: Network;
  readonly service: Service;
  readonly witness: Witness;
  /** Says that something happened that must not. */
  fail(error: unknown): void;
}

export interface Dangers {
  /** The chance that a device is killed at any of its awaits. */
  kill: number;
  /** Whether everybody writes the same field of the same order. */
  readonly crowd: boolean;
  /** The chance that of a device's windows only one syncs (Web Locks); over plain http each does. */
  readonly locks: number;
  /** The longest time between two rounds, ms. */
  readonly rest: number;
}

export interface Window {
  readonly writer: Writer;
  isOpen: boolean;
}

export class Device {
  id: string;
  disk = new Disk();
  readonly windows: Window[] = [];
  jumps = 0;
  isOn = false;
  #clock: number;
  readonly saving: Saving;
  /** Whether only one window syncs (Web Locks), or each for itself (plain http has none). */
  readonly #hasLocks: boolean;

  constructor(
    readonly name: string,
    readonly around: Surroundings,
    readonly dangers: Dangers,
  ) {
    const { random, now } = around.world;
    this.#clock = random.chance(0.3) ? random.between(-1, 1) * random.below(86_400_000 * 3650) : 0;
    this.id = uuidOf(random, now);
    this.#hasLocks = random.chance(dangers.locks);
    this.saving = new Saving(this);
  }

  get clock(): number {
    return this.around.world.now + this.#clock;
  }

  jump(): void {
    const { random } = this.around.world;
    this.#clock =
      random.between(-1, 1) * random.below(random.chance(0.5) ? 86_400_000 : 315_360_000_000);
    this.jumps += 1;
    this.tell(() => `clock jumps to ${this.#clock}`);
  }

  tell(text: () => string): void {
    this.around.world.tell(() => `${this.name} ${text()}`);
  }

  newId(): string {
    return uuidOf(this.around.world.random, this.clock);
  }

  // Windows

  openWindow(): void {
    this.isOn = true;
    const window: Window = { isOpen: true, writer: this.saving.writerOf(() => window) };
    this.windows.push(window);
    this.tell(() => `opens window ${this.windows.length}`);
    void this.#start(window);
  }

  closeWindow(): void {
    const window = this.around.world.random.pick(this.windows);
    if (window) this.#end(window);
  }

  #end(window: Window): void {
    window.isOpen = false;
    this.windows.splice(this.windows.indexOf(window), 1);
    const next = this.windows[0];
    // The next window gets the lock.
    if (this.#hasLocks && next) void this.#loop(next);
  }

  /** All of it ends at once; the disk stays as it is. */
  kill(): void {
    if (!this.isOn) return;
    this.tell(() => 'is killed');
    this.isOn = false;
    for (const window of this.windows.splice(0)) window.isOpen = false;
    const { random } = this.around.world;
    this.around.world.after(random.below(20_000), () => {
      if (!this.isOn) this.openWindow();
    });
  }

  /** The browser lost its database; the journal is still there. */
  loseDatabase(): void {
    this.kill();
    this.tell(() => 'loses its database');
    // What the journal did not have yet was never said to be saved.
    const journaled = new Set(this.disk.journal.map(({ id }) => id));
    for (const [id, { change }] of this.around.witness.made) {
      if (change.device === this.id && !journaled.has(id)) this.around.witness.given.add(id);
    }
    this.disk.loseDatabase();
    const changes = new Map<string, Change>();
    // What was last appended before a kill may be there twice.
    for (const change of this.disk.journal)
      if (!changes.has(change.id)) changes.set(change.id, change);
    const latest = latestOf(changes.values());
    const { rows, queued } = lackingOf(
      { changes, latest },
      [...latest.values()].flatMap((id) => changes.get(id) ?? []),
      { rows: new Map(), queued: new Set(), history: new Set() },
      { whole: true, since: this.clock },
    );
    this.disk.tables = {
      ...this.disk.tables,
      records: new Map(rows.map((row) => [row.id, row])),
      outbox: new Map(
        queued.map(({ order, change }, place) => {
          const { id } = change;
          return [id, { id, place, order, change, status: 'sent' }];
        }),
      ),
    };
    this.around.witness.rebuilt(this.name, new Set(queued.map(({ change }) => change.id)));
  }

  /** The machine is lost; the person gets another one. */
  loseEverything(): void {
    this.kill();
    this.tell(() => 'loses everything');
    this.disk = new Disk();
    this.id = uuidOf(this.around.world.random, this.around.world.now);
    this.around.witness.lost(this.name);
    this.saving.forget();
  }

  /** Time passes at every await, and at every await it may all be over. */
  async pause(window: Window): Promise<void> {
    const { world } = this.around;
    if (world.random.chance(0.4)) await world.sleep(world.random.below(8));
    if (window.isOpen && world.random.chance(this.dangers.kill)) this.kill();
    if (!window.isOpen) await new Promise<never>(() => {});
  }

  async port<T>(window: Window, work: () => Promise<T>): Promise<T> {
    await this.pause(window);
    try {
      return await work();
    } finally {
      await this.pause(window);
    }
  }

  async #start(window: Window): Promise<void> {
    // What the journal may not have is written again by the writer, as after any failure.
    if (this.disk.tables.unjournaled.length > 0) void window.writer.add([], []);
    if (!this.#hasLocks || this.windows[0] === window) await this.#loop(window);
  }

  // Syncing

  async #loop(window: Window): Promise<void> {
    const { world, fail } = this.around;
    const store = storeOf(this, window);
    const service = serviceOf(this, window);
    let failures = 0;
    while (window.isOpen) {
      let wait = world.random.between(this.dangers.rest / 10, this.dangers.rest);
      try {
        const again = await syncRound({
          service,
          store,
          now: () => this.clock,
          isStopped: () => !window.isOpen,
          report: () => {},
        });
        failures = 0;
        if (again) wait = 0;
        else this.checkUploaded();
      } catch (error) {
        if (!(error instanceof ServiceError || error instanceof QuotaExceeded)) fail(error);
        failures += 1;
        wait = Math.min(60_000, 1_000 * 2 ** (failures - 1)) * (0.5 + world.random.next() / 2);
      }
      await world.sleep(wait);
    }
  }

  /** What an order that reads 已上传 on this device promises: the service has all of it. */
  checkUploaded(): void {
    const { service, witness, fail } = this.around;
    const { outbox, attachments } = this.disk.tables;
    if (service.restores > 0) return;
    const waiting = new Set([...outbox.values()].map(({ order }) => order));
    for (const row of attachments.values()) for (const order of row.waiting) waiting.add(order);
    for (const { sha256: hash, orders } of attachments.values()) {
      if (orders.some((order) => !waiting.has(order)) && !service.data.attachments.has(hash)) {
        fail(new Violation(`${this.name} says that ${hash.slice(0, 8)} is uploaded`));
      }
    }
    for (const [id, { device, change }] of witness.made) {
      const order = this.disk.tables.records.get(change.record)?.order;
      if (device !== this.name || change.device !== this.id || !order || waiting.has(order))
        continue;
      if (!witness.replaced.has(id) && !witness.given.has(id) && !service.data.ids.has(id)) {
        fail(new Violation(`${this.name} says that ${id} is uploaded`));
      }
    }
  }
}
