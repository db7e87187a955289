/** The office's side: a database, several copies of the service on it, backups. */
import type { Change, Recollected } from '../../domain/sync/change.ts';
import {
  emptyLog,
  type FieldHeads,
  fieldKey,
  type Log,
  type LoggedChange,
  namedBytes,
  namedOrder,
} from '../../domain/sync/log.ts';
import type { RecordKind } from '../../domain/sync/record.ts';
import {
  givePull,
  type PullTables,
  type PushTables,
  stateOf,
  takePush,
} from '../../domain/sync/serve.ts';
import type { FieldState, PullAnswer, PushAnswer } from '../../domain/sync/wire.ts';
import type { World } from './world.ts';

interface Data {
  readonly epoch: string;
  readonly log: readonly LoggedChange[];
  readonly marks: readonly string[];
  readonly ids: ReadonlyMap<string, LoggedChange>;
  readonly records: ReadonlyMap<string, { readonly order: string; readonly kind: RecordKind }>;
  readonly fields: ReadonlyMap<string, FieldHeads>;
  readonly attachments: ReadonlySet<string>;
}

const EMPTY = {
  log: [],
  marks: [],
  ids: new Map(),
  records: new Map(),
  fields: new Map(),
  attachments: new Set<string>(),
};

export interface PushCall {
  readonly changes: readonly (Change | Recollected)[];
  readonly position: string | null;
  /** The device's clock when it sent. */
  readonly now: number;
  /** Whether it is sent again to a service that may have lost it. */
  readonly again?: boolean;
  /** Whether it came in a bundle, by hand. */
  readonly carried?: boolean;
}

/** What is told of everything that the service takes, to whoever checks it. */
export interface Witness {
  /** Orders of another team. */
  readonly foreign: ReadonlySet<string>;
  accepted(
    change: LoggedChange,
    order: string,
    call: PushCall,
    log: ReadonlyMap<string, LoggedChange>,
  ): void;
}

export class Service {
  readonly #world: World;
  readonly #witness: Witness;
  data: Data;
  /** States in a page of a pull. */
  pageSize = 5_000;
  restores = 0;
  /** The chance that the last backup was made just before something came. */
  badLuck = 0;
  #backup: Data | null = null;
  /** Transactions that are under way die with the database they run in. */
  #life = 0;
  #locked: Promise<void> = Promise.resolve();

  constructor(world: World, witness: Witness) {
    this.#world = world;
    this.#witness = witness;
    this.data = { epoch: world.random.hex(12), ...EMPTY };
  }

  /** A step of a transaction takes its time; whoever runs in a database that is gone never comes back. */
  async #step(life: number): Promise<void> {
    if (this.#world.random.chance(0.6)) await this.#world.sleep(this.#world.random.below(6));
    if (life !== this.#life) await new Promise<never>(() => {});
  }

  #reading(life: number) {
    return {
      end: async () => {
        await this.#step(life);
        const { log, marks } = this.data;
        const mark = marks.at(-1);
        return mark === undefined ? null : { seq: log.length, mark };
      },
      markAt: async (seq: number) => {
        await this.#step(life);
        return this.data.marks[seq - 1] ?? null;
      },
    };
  }

  async push(call: PushCall): Promise<PushAnswer> {
    const life = this.#life;
    let unlock = () => {};
    let commit = () => {};
    const reading = this.#reading(life);
    const tables: PushTables = {
      markAt: reading.markAt,
      lockedEnd: async () => {
        const before = this.#locked;
        this.#locked = new Promise((resolve) => {
          unlock = resolve;
        });
        await before;
        return reading.end();
      },
      read: async (changes, last) => {
        await this.#step(life);
        return this.#logOf(changes, last);
      },
      write: async (log, mark) => {
        await this.#step(life);
        commit = () => this.#commit(log, mark, call);
      },
    };
    try {
      const answer = await takePush(tables, {
        changes: call.changes,
        position: call.position,
        mark: this.#world.random.hex(16),
        judging: () => ({
          offset: this.#world.now - call.now,
          now: this.#world.now,
          mayWrite: (order) => !this.#witness.foreign.has(order),
        }),
      });
      await this.#step(life);
      commit();
      const { intact, position, verdicts } = answer;
      return {
        epoch: this.data.epoch,
        intact,
        position,
        receipts: verdicts.flatMap((verdict) => ('seq' in verdict ? verdict : [])),
        rejections: verdicts.flatMap((verdict) => ('seq' in verdict ? [] : verdict)),
      };
    } finally {
      unlock();
    }
  }

  #logOf(changes: readonly Recollected[], last: number): Log {
    const { ids, records, fields, attachments } = this.data;
    const found = emptyLog(last);
    for (const change of changes) {
      for (const id of [change.id, change.was ?? '', ...(change.settles ?? [])]) {
        const known = ids.get(id);
        if (known) found.changes.set(id, known);
      }
      for (const id of [change.record, namedOrder(change) ?? '']) {
        const known = records.get(id);
        if (known) found.records.set(id, known);
        const order = known && records.get(known.order);
        if (order) found.records.set(known.order, order);
      }
      const bytes = namedBytes(change);
      if (bytes !== null && attachments.has(bytes)) found.stored.add(bytes);
      const field = fields.get(fieldKey(change));
      if (field) found.fields.set(fieldKey(change), field);
    }
    return found;
  }

  #commit(log: Log, mark: string, call: PushCall): void {
    if (this.#world.random.chance(this.badLuck)) this.backup();
    const { data } = this;
    // The log's primary key: two transactions that took the same seq cannot both be there.
    const first = log.added[0]?.seq ?? data.log.length + 1;
    if (first !== data.log.length + 1) throw new Error('duplicate key');
    const ids = new Map(data.ids);
    for (const change of log.added) ids.set(change.id, change);
    const records = new Map(data.records);
    for (const { id, ...record } of log.addedRecords) records.set(id, record);
    const fields = new Map(data.fields);
    for (const key of log.touched) {
      const field = log.fields.get(key);
      if (field) fields.set(key, field);
    }
    this.data = {
      ...data,
      ids,
      records,
      fields,
      log: [...data.log, ...log.added],
      marks: [...data.marks, ...log.added.map(() => mark)],
    };
    for (const change of log.added) {
      this.#witness.accepted(change, records.get(change.record)?.order ?? '', call, ids);
    }
    this.#world.tell(
      () => `service takes ${log.added.map(({ id, seq }) => `${seq}=${id.slice(-4)}`).join(' ')}`,
    );
  }

  async pull(cursor: number, position: string | null): Promise<PullAnswer> {
    const life = this.#life;
    const tables: PullTables<FieldState[]> = {
      ...this.#reading(life),
      states: async (from, to) => {
        await this.#step(life);
        const found = [...this.data.fields.values()]
          .filter(({ at }) => at > from && at <= to)
          .sort((a, b) => a.at - b.at);
        const page = found.slice(0, this.pageSize);
        return {
          fields: page.map(stateOf),
          to: page.length < found.length ? (page.at(-1)?.at ?? to) : to,
        };
      },
    };
    const page = await givePull(tables, { cursor, position }, []);
    return { epoch: this.data.epoch, ...page, now: this.#world.now };
  }

  async put(sha256: string, order: string): Promise<'stored' | 'unknown-order'> {
    const life = this.#life;
    await this.#step(life);
    if (!this.data.records.has(order)) return 'unknown-order';
    if (this.#world.random.chance(this.badLuck)) this.backup();
    this.data = { ...this.data, attachments: new Set([...this.data.attachments, sha256]) };
    return 'stored';
  }

  /** Where the log ends, as devices are told. */
  get position(): string | null {
    const { log, marks } = this.data;
    return log.length > 0 ? `${log.length}.${marks.at(-1)}` : null;
  }

  backup(): void {
    this.#backup = this.data;
    this.#world.tell(() => `service is backed up at ${this.data.log.length}`);
  }

  /** The machine is lost, and what was backed up comes back; or everything is lost. */
  restore(all: boolean): void {
    this.#life += 1;
    this.#locked = Promise.resolve();
    this.restores += 1;
    this.data =
      all || !this.#backup ? { epoch: this.#world.random.hex(12), ...EMPTY } : this.#backup;
    this.#world.tell(() => `service is restored to ${this.data.log.length}`);
  }

  /** A copy of the service is killed: what was not committed is gone. */
  kill(): void {
    this.#life += 1;
    this.#locked = Promise.resolve();
    this.#world.tell(() => 'service is killed');
  }
}
