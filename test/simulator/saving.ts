/** How a device saves: by the product's writer, in batches, with 已保存 said when all is on the disk. */
import type { Change } from '../../domain/sync/change.ts';
import { type StampedEdit, sameValue } from '../../domain/sync/edits.ts';
import type { Edit, StoredRecord } from '../../domain/sync/record.ts';
import { commitEdits } from '../../domain/sync/replica.ts';
import { type Batch, createWriter, type Writer } from '../../renderer/store/writer.ts';
import type { Device, Window } from './device.ts';
import { QuotaExceeded, type Tables } from './disk.ts';
import { Violation } from './witness.ts';

const keyOf = ({ record, field }: { record: string; field: string }) => `${record}/${field}`;

/** Two windows may write the same field in either order. */
const note = (latest: Map<string, number>, key: string, edit = 0): void => {
  latest.set(key, Math.max(edit, latest.get(key) ?? 0));
};

export class Saving {
  readonly #device: Device;
  /** The last edit of each field that the database, and the journal, has. */
  readonly #committed = new Map<string, number>();
  readonly #journaled = new Map<string, number>();
  #edits = 0;
  readonly #editOf = new Map<string, number>();
  /** When each edit was typed, by a clock that is right, and how often the own one had jumped by then. */
  readonly #typed = new Map<string, { readonly at: number; readonly jumps: number }>();

  constructor(device: Device) {
    this.#device = device;
  }

  /** The machine is lost. */
  forget(): void {
    this.#committed.clear();
    this.#journaled.clear();
  }

  writerOf(window: () => Window): Writer {
    return createWriter({
      write: (batch) => this.#device.port(window(), () => this.#write(batch)),
      show: () => {},
      confirm: () => this.#device.port(window(), () => this.#journal()),
      report: () => {},
      reasonOf: async (error) => {
        if (!(error instanceof QuotaExceeded)) this.#device.around.fail(error);
        return String(error);
      },
    });
  }

  async #write({ edits, attachments }: Batch): Promise<void> {
    const { witness } = this.#device.around;
    const stamped = [...edits.values()];
    let changes: readonly Change[] = [];
    const seen = new Map<string, string[]>();
    const before = () => this.#device.disk.tables;
    await this.#device.disk.transaction(
      async (tx) => {
        for (const edit of stamped)
          seen.set(edit.id, seenBy(edit, tx.records.rows.get(edit.record)));
        const author = { device: this.#device.id, by: this.#device.name };
        ({ changes } = await commitEdits(tx, stamped, author, () => this.#device.newId()));
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
          witness.committed(this.#device.name, change, seen.get(change.id) ?? [], typed);
          tellMade(this.#device, change);
        }
        noteReplaced(this.#device, before(), tables);
        for (const edit of stamped) {
          note(this.#committed, keyOf(edit), this.#editOf.get(edit.id));
        }
      },
    );
  }

  /** Appends to the journal what the database has and the journal may not have. */
  async #journal(): Promise<void> {
    const { unjournaled } = this.#device.disk.tables;
    if (this.#device.disk.isFull) throw new QuotaExceeded();
    this.#device.disk.journal.push(...unjournaled);
    for (const change of unjournaled) {
      note(this.#journaled, keyOf(change), this.#editOf.get(change.id));
    }
    await this.#device.disk.transaction(async (tx) => {
      tx.unjournaled = tx.unjournaled.filter((change) => !unjournaled.includes(change));
    });
  }

  save(window: Window, edits: readonly Edit[], attachments: Batch['attachments'] = []): void {
    const { world, fail } = this.#device.around;
    const stamped = edits.map((edit): StampedEdit => {
      this.#edits += 1;
      const id = this.#device.newId();
      this.#editOf.set(id, this.#edits);
      this.#typed.set(id, { at: world.now, jumps: this.#device.jumps });
      return { ...edit, id, time: Math.floor(this.#device.clock) };
    });
    const [number, disk] = [this.#edits, this.#device.disk];
    void window.writer.add(stamped, attachments).then(() => {
      // 已保存 is on the screen: from here on nothing may lose it.
      if (!window.isOpen || disk !== this.#device.disk) return;
      for (const edit of stamped) {
        const asked = this.#editOf.get(edit.id) ?? number;
        if ((this.#committed.get(keyOf(edit)) ?? 0) < asked) {
          fail(
            new Violation(
              `${this.#device.name} says saved, and ${edit.field} is not in the database`,
            ),
          );
        }
        const change = disk.tables.records.get(edit.record)?.changes[edit.field] === edit.id;
        if (change && (this.#journaled.get(keyOf(edit)) ?? 0) < asked) {
          fail(
            new Violation(
              `${this.#device.name} says saved, and ${edit.field} is not in the journal`,
            ),
          );
        }
      }
      for (const { sha256: hash } of attachments) {
        if (!disk.tables.attachments.has(hash)) fail(new Violation(`${hash} is not on the disk`));
      }
    });
  }
}

export const short = (id: string) => id.slice(-4);

export const tellMade = (
  device: Device,
  { id, record, field, value, was, settles = [] }: Change,
): void =>
  device.tell(() => {
    const replaced = [was ?? '', ...settles].map(short).join(' ');
    return `${short(id)} ${field} of ${short(record)} = ${JSON.stringify(value)} was ${replaced}`;
  });

/** Entries that an edit took the place of. */
export const noteReplaced = ({ around }: Device, before: Tables, after: Tables): void => {
  for (const id of before.outbox.keys()) {
    if (!after.outbox.has(id)) around.witness.replaced.add(id);
  }
};

/** What a person has in front of them when changing a field: what is shown, and what a pick names. */
export const seenBy = (
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
