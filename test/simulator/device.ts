/**
 * A device: a disk, a clock, windows that are opened and killed, a person who types. The code under
 * test is the product's: the writer, the journal's replay, the rules of the replica and the round.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { type Change, type FieldValue, NO_BYTES } from '../../domain/sync/change.ts';
import { conflictsOf, pick } from '../../domain/sync/conflict.ts';
import { type StampedEdit, sameValue } from '../../domain/sync/edits.ts';
import { lackingOf, latestOf } from '../../domain/sync/lacking.ts';
import { applyPage } from '../../domain/sync/pulled.ts';
import * as recollect from '../../domain/sync/recollect.ts';
import { type Edit, STORED_FIELD, type StoredRecord } from '../../domain/sync/record.ts';
import * as replica from '../../domain/sync/replica.ts';
import { type RoundService, type RoundStore, syncRound } from '../../domain/sync/round.ts';
import { ServiceError } from '../../domain/sync/service-error.ts';
import { isLate } from '../../domain/sync/tables.ts';
import { type Batch, createWriter, type Writer } from '../../renderer/store/writer.ts';
import { Disk, QuotaExceeded, type Tables, type Transaction } from './disk.ts';
import type { Network } from './network.ts';
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

interface Window {
  readonly writer: Writer;
  isOpen: boolean;
}

const FACTS = ['customer.name', 'customer.contact.phone', 'orderNumber'];
const ROW_FACTS = ['extension.number', 'extension.position'];

const keyOf = ({ record, field }: { record: string; field: string }) => `${record}/${field}`;

/** Two windows may write the same field in either order. */
const note = (latest: Map<string, number>, key: string, edit = 0): void => {
  latest.set(key, Math.max(edit, latest.get(key) ?? 0));
};

export class Device {
  id: string;
  disk = new Disk();
  readonly windows: Window[] = [];
  jumps = 0;
  isOn = false;
  #clock: number;
  /** The last edit of each field that the database, and the journal, has. */
  readonly #committed = new Map<string, number>();
  readonly #journaled = new Map<string, number>();
  #edits = 0;
  readonly #editOf = new Map<string, number>();
  /** When each edit was typed, by a clock that is right, and how often the own one had jumped by then. */
  readonly #typed = new Map<string, { readonly at: number; readonly jumps: number }>();
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
  }

  get clock(): number {
    return this.around.world.now + this.#clock;
  }

  jump(): void {
    const { random } = this.around.world;
    this.#clock =
      random.between(-1, 1) * random.below(random.chance(0.5) ? 86_400_000 : 315_360_000_000);
    this.jumps += 1;
    this.#tell(() => `clock jumps to ${this.#clock}`);
  }

  #tell(text: () => string): void {
    this.around.world.tell(() => `${this.name} ${text()}`);
  }

  // Windows

  openWindow(): void {
    this.isOn = true;
    const window: Window = { isOpen: true, writer: this.#writerOf(() => window) };
    this.windows.push(window);
    this.#tell(() => `opens window ${this.windows.length}`);
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
    this.#tell(() => 'is killed');
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
    this.#tell(() => 'loses its database');
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
    this.#tell(() => 'loses everything');
    this.disk = new Disk();
    this.id = uuidOf(this.around.world.random, this.around.world.now);
    this.around.witness.lost(this.name);
    this.#committed.clear();
    this.#journaled.clear();
  }

  /** Time passes at every await, and at every await it may all be over. */
  async #pause(window: Window): Promise<void> {
    const { world } = this.around;
    if (world.random.chance(0.4)) await world.sleep(world.random.below(8));
    if (window.isOpen && world.random.chance(this.dangers.kill)) this.kill();
    if (!window.isOpen) await new Promise<never>(() => {});
  }

  async #port<T>(window: Window, work: () => Promise<T>): Promise<T> {
    await this.#pause(window);
    try {
      return await work();
    } finally {
      await this.#pause(window);
    }
  }

  async #start(window: Window): Promise<void> {
    // What the journal may not have is written again by the writer, as after any failure.
    if (this.disk.tables.unjournaled.length > 0) void window.writer.add([], []);
    if (!this.#hasLocks || this.windows[0] === window) await this.#loop(window);
  }

  // Saving

  #writerOf(window: () => Window): Writer {
    return createWriter({
      write: (batch) => this.#port(window(), () => this.#write(batch)),
      confirm: () => this.#port(window(), () => this.#journal()),
      report: () => {},
      reasonOf: async (error) => {
        if (!(error instanceof QuotaExceeded)) this.around.fail(error);
        return String(error);
      },
    });
  }

  async #write({ edits, attachments }: Batch): Promise<void> {
    const { witness, world } = this.around;
    const stamped = [...edits.values()];
    let changes: readonly Change[] = [];
    const seen = new Map<string, string[]>();
    const before = () => this.disk.tables;
    await this.disk.transaction(
      async (tx) => {
        for (const edit of stamped)
          seen.set(edit.id, seenBy(edit, tx.records.rows.get(edit.record)));
        const author = { device: this.id, by: this.name };
        const newId = () => uuidOf(world.random, this.clock);
        ({ changes } = await replica.commitEdits(tx, stamped, author, newId));
        tx.unjournaled = [...tx.unjournaled, ...changes];
        for (const { order, sha256: hash, bytes } of attachments) {
          const known = tx.attachments.get(hash);
          const orders = [...new Set([...(known?.orders ?? []), order])];
          const isStored = known && known.waiting.length === 0;
          const row = { sha256: hash, bytes, orders, waiting: isStored ? [] : orders };
          tx.attachments = new Map(tx.attachments).set(hash, row);
        }
      },
      (tables) => {
        for (const change of changes) {
          // What says whose a row is comes with the row's first edit.
          const typed = this.#typed.get(change.id) ?? this.#typed.get(stamped[0]?.id ?? '');
          witness.committed(this.name, change, seen.get(change.id) ?? [], typed);
          this.#tell(
            () =>
              `${change.id.slice(-4)} ${change.field} of ${change.record.slice(-4)} = ${JSON.stringify(change.value)} was ${change.was?.slice(-4)} settles ${change.settles?.map((id) => id.slice(-4))}`,
          );
        }
        this.#noteReplaced(before(), tables);
        for (const edit of stamped) {
          note(this.#committed, keyOf(edit), this.#editOf.get(edit.id));
        }
      },
    );
  }

  /** Entries that an edit took the place of. */
  #noteReplaced(before: Tables, after: Tables): void {
    for (const id of before.outbox.keys()) {
      if (!after.outbox.has(id)) this.around.witness.replaced.add(id);
    }
  }

  /** Appends to the journal what the database has and the journal may not have. */
  async #journal(): Promise<void> {
    const { unjournaled } = this.disk.tables;
    if (this.disk.isFull) throw new QuotaExceeded();
    this.disk.journal.push(...unjournaled);
    for (const change of unjournaled) {
      note(this.#journaled, keyOf(change), this.#editOf.get(change.id));
    }
    await this.disk.transaction(async (tx) => {
      tx.unjournaled = tx.unjournaled.filter((change) => !unjournaled.includes(change));
    });
  }

  // Syncing

  async #loop(window: Window): Promise<void> {
    const { world, fail } = this.around;
    const store = this.#storeOf(window);
    const service = this.#serviceOf(window);
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

  #serviceOf(window: Window): RoundService {
    const { network, service } = this.around;
    const ask = <T>(call: () => Promise<T>) =>
      this.#port(window, () => network.ask(this.name, call));
    const push = (changes: readonly Change[], position: string | null, again: boolean) => {
      const now = this.clock;
      return ask(() => service.push({ changes, position, now, again }));
    };
    return {
      push: (changes, position) => push(changes, position, false),
      recollect: (offers, position) => push(offers, position, true),
      pull: (cursor, position) => ask(() => service.pull(cursor, position)),
      putAttachment: (hash, order, bytes) =>
        ask(async () => {
          const stored = await service.put(hash, order);
          if (stored !== 'stored') {
            throw new ServiceError('answered', stored, '服务上没有这个工单', 404);
          }
          return { sha256: hash, size: bytes.length };
        }),
    };
  }

  #storeOf(window: Window): RoundStore {
    const { witness } = this.around;
    const transaction = <T>(
      work: (tx: Transaction) => Promise<T>,
      keep: (tables: Tables, before: Tables) => void = () => {},
    ) =>
      this.#port(window, () => {
        let before = this.disk.tables;
        return this.disk.transaction(
          (tx) => {
            before = this.disk.tables;
            return work(tx);
          },
          (tables) => keep(tables, before),
        );
      });
    return {
      syncMeta: () => this.#port(window, async () => this.disk.tables.meta),
      nextChanges: () => transaction(replica.nextChanges),
      settle: async (sent, answer, asked) => {
        const settled = await transaction(
          (tx) => replica.settle(tx, sent, answer, asked),
          (tables, before) => {
            for (const { change } of answer.receipts) {
              const row = before.outbox.get(change);
              if (row && !tables.outbox.has(change)) witness.holds(this.name, change);
            }
            // What was refused and typed over meanwhile, the person has given up.
            for (const { change } of answer.rejections) {
              const row = before.outbox.get(change);
              const shown = row && tables.records.get(row.change.record)?.changes[row.change.field];
              const isOver = shown !== change || row?.change.field === STORED_FIELD;
              if (row && !tables.outbox.has(change) && isOver) witness.given.add(change);
            }
          },
        );
        return settled.count;
      },
      applyPage: (page, asked) =>
        transaction(
          async (tx) => void (await applyPage(tx, page, asked)),
          (tables, { meta }) => {
            if (isLate(asked, meta) || meta.cursor !== asked.cursor) return;
            for (const { record, field, change, others = [] } of page.fields) {
              const said = tables.records.get(record)?.server?.[field];
              // Told of before the service was told what it had lost: not believed yet.
              if (said?.generation !== meta.generation) continue;
              for (const id of [change, ...others.map((other) => other.change)]) {
                witness.holds(this.name, id);
              }
            }
          },
        ),
      startOver: (epoch, asked) => {
        this.#tell(() => 'notices that the service lost something');
        return transaction(async (tx) => void (await recollect.startOver(tx, epoch, asked)));
      },
      nextOffers: (walk) => transaction((tx) => recollect.nextOffers(tx, walk)),
      settleOffers: async (offers, answer, asked) => {
        const settled = await transaction(
          (tx) => recollect.settleOffers(tx, offers, answer, this.id, asked),
          () => {
            for (const { change, code } of answer.rejections) {
              if (code === NO_BYTES) witness.given.add(change);
            }
          },
        );
        return settled.count;
      },
      recollected: (asked) => transaction((tx) => recollect.recollected(tx, asked)),
      nextAttachment: (tried) =>
        this.#port(window, async () => {
          for (const { sha256: hash, bytes, waiting } of this.disk.tables.attachments.values()) {
            const [order] = waiting;
            if (order && !tried.has(hash)) return { order, sha256: hash, bytes };
          }
          return null;
        }),
      attachmentStored: (receipt) => {
        let noted: readonly Change[] = [];
        return transaction(
          async (tx) => {
            const row = tx.attachments.get(receipt.sha256);
            if (!row) return;
            tx.attachments = new Map(tx.attachments).set(row.sha256, { ...row, waiting: [] });
            const author = { device: this.id, by: this.name };
            const newId = () => uuidOf(this.around.world.random, this.clock);
            const time = Math.floor(this.clock);
            ({ changes: noted } = await replica.noteStored(tx, row, time, author, newId));
          },
          (tables, before) => {
            const typed = { at: this.around.world.now, jumps: this.jumps };
            for (const change of noted) {
              const seen = seenBy(change, before.records.get(change.record));
              witness.committed(this.name, change, seen, typed);
            }
            this.#noteReplaced(before, tables);
          },
        );
      },
      // The order whose changes were all refused: nothing will ever refer to the bytes.
      attachmentRefused: (hash) =>
        transaction(async (tx) => {
          const rows = [...tx.attachments].filter(([key]) => key !== hash);
          tx.attachments = new Map(rows);
        }),
      clockMeasured: () => this.#pause(window),
      waiting: () => this.#port(window, async () => this.disk.tables.outbox.size),
    };
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

  // The person

  /** Somebody does something in one of the windows. */
  act(): void {
    const { random } = this.around.world;
    const window = random.pick(this.windows);
    if (!window) return;
    const rows = [...this.disk.tables.records.values()].filter(({ order }) => order !== '');
    const orders = rows.filter(({ kind }) => kind === 'order');
    const order = random.pick(orders);
    if (!order || (orders.length < 3 && random.chance(0.06))) {
      this.#newOrder(window);
      return;
    }
    const row = this.dangers.crowd ? orders[0] : random.pick(rows);
    const conflict = random.pick(conflictsOf(rows));
    const [refused] = [...this.disk.tables.outbox.values()].filter(
      ({ status, code }) => status === 'rejected' && code !== NO_BYTES,
    );
    if (conflict && random.chance(0.3)) {
      const chosen = random.pick([conflict.shown, ...conflict.others]);
      this.#save(window, [pick(conflict, chosen?.value)]);
    } else if (refused && random.chance(0.3)) {
      const { record, field } = refused.change;
      this.#save(window, [{ record, order: refused.order, field, value: this.#valueOf(field) }]);
    } else if (row && random.chance(0.75)) {
      const count = random.chance(0.2) ? 3 : 1;
      for (let i = 0; i < count; i += 1) {
        const facts = row.kind === 'order' ? FACTS : ROW_FACTS;
        const field = this.dangers.crowd ? facts[0] : random.pick(facts);
        if (field && row.kind !== 'attachment') {
          const value = random.chance(0.03) ? random.chance(0.5) : this.#valueOf(field);
          this.#save(window, [{ record: row.id, order: row.order, field, value }]);
        }
      }
    } else if (row?.kind === 'extension' && random.chance(0.3)) {
      this.#save(window, [
        { record: row.id, order: row.order, field: 'extension.deleted', value: random.chance(0.7) },
      ]);
    } else if (random.chance(0.4)) {
      this.#attach(window, order.id);
    } else {
      const record = uuidOf(random, this.clock);
      const edit = (field: string): Edit => ({
        record,
        order: order.id,
        field,
        value: this.#valueOf(field),
      });
      this.#save(window, ROW_FACTS.map(edit));
    }
  }

  #newOrder(window: Window): void {
    const order = uuidOf(this.around.world.random, this.clock);
    if (this.around.world.random.chance(0.05)) this.around.witness.foreign.add(order);
    const edit = (field: string): Edit => ({
      record: order,
      order,
      field,
      value: this.#valueOf(field),
    });
    const createdAt = {
      record: order,
      order,
      field: 'order.createdAt',
      value: Math.floor(this.clock),
    };
    this.#save(window, [createdAt, ...FACTS.map(edit)]);
  }

  #valueOf(field: string): FieldValue {
    const { random } = this.around.world;
    if (field === 'extension.position') return random.below(6);
    // Few values, so that two people sometimes mean the same.
    return random.chance(0.1) ? null : random.chance(0.3) ? `v${random.below(3)}` : random.hex(6);
  }

  /** A file that two orders may share. */
  #attach(window: Window, order: string): void {
    const { random } = this.around.world;
    const bytes = new Uint8Array([random.below(6)]);
    const hash = bytesToHex(sha256(bytes));
    const record = uuidOf(random, this.clock);
    const edits = [{ record, order, field: 'attachment.sha256', value: hash }];
    this.#save(window, edits, [{ order, sha256: hash, bytes }]);
  }

  #save(window: Window, edits: readonly Edit[], attachments: Batch['attachments'] = []): void {
    const { world, fail } = this.around;
    const stamped = edits.map((edit): StampedEdit => {
      this.#edits += 1;
      const id = uuidOf(world.random, this.clock);
      this.#editOf.set(id, this.#edits);
      this.#typed.set(id, { at: world.now, jumps: this.jumps });
      return { ...edit, id, time: Math.floor(this.clock) };
    });
    const [number, disk] = [this.#edits, this.disk];
    void window.writer.add(stamped, attachments).then(() => {
      // 已保存 is on the screen: from here on nothing may lose it.
      if (!window.isOpen || disk !== this.disk) return;
      for (const edit of stamped) {
        const asked = this.#editOf.get(edit.id) ?? number;
        if ((this.#committed.get(keyOf(edit)) ?? 0) < asked) {
          fail(new Violation(`${this.name} says saved, and ${edit.field} is not in the database`));
        }
        const change = disk.tables.records.get(edit.record)?.changes[edit.field] === edit.id;
        if (change && (this.#journaled.get(keyOf(edit)) ?? 0) < asked) {
          fail(new Violation(`${this.name} says saved, and ${edit.field} is not in the journal`));
        }
      }
      for (const { sha256: hash } of attachments) {
        if (!disk.tables.attachments.has(hash)) fail(new Violation(`${hash} is not on the disk`));
      }
    });
  }

  /** Somebody has everything that was refused sent once more. */
  retry(): void {
    if (this.windows.length === 0 || this.disk.isFull) return;
    void this.disk.transaction(async (tx) => {
      const refused = [...tx.outbox.rows.values()].filter(({ status }) => status === 'rejected');
      await tx.outbox.bulkPut(
        refused.map(({ code: _, message: __, ...row }) => ({ ...row, status: 'waiting' as const })),
      );
    });
  }

  /** What waits is carried to the office in a file, and taken there as an ordinary push. */
  async carry(): Promise<void> {
    const { world, service } = this.around;
    if (this.windows.length === 0 || this.disk.isFull) return;
    const changes = (await this.disk.transaction(replica.carriedChanges)).map(
      ({ change }) => change,
    );
    const now = this.clock;
    if (changes.length === 0) return;
    world.after(world.random.below(120_000), () => {
      service.push({ changes, position: null, now, carried: true }).catch(() => undefined);
    });
  }
}

/** What a person has in front of them when changing a field: what is shown, and what a pick names. */
const seenBy = (
  { field, settles = [] }: Pick<Change, 'field' | 'settles'> | StampedEdit,
  row: StoredRecord | undefined,
): string[] => {
  const shown = row?.changes[field];
  if (!row || shown === undefined) return [...settles];
  const said = row.server?.[field];
  // What others say and is the same was seen too.
  const same = (said?.winner.change === shown ? (said.others ?? []) : []).filter(({ value }) =>
    sameValue(value, row.values[field]),
  );
  return [shown, ...settles, ...same.map(({ change }) => change)];
};
