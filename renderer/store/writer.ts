/** The one writer: batches follow each other, and what is typed meanwhile waits for the next one. */
import type { StampedEdit } from './change-log.ts';
import type { AttachmentBytes, SavingState } from './store.ts';

/** What one transaction writes: the last edit of each field, and bytes. */
export interface Batch {
  readonly edits: ReadonlyMap<string, StampedEdit>;
  readonly attachments: readonly AttachmentBytes[];
}

interface Queue extends Batch {
  readonly edits: Map<string, StampedEdit>;
  readonly attachments: AttachmentBytes[];
  /** Told when the batch is on disk. */
  readonly saved: (() => void)[];
}

const emptyQueue = (): Queue => ({ edits: new Map(), attachments: [], saved: [] });

const isEmpty = ({ saved }: Queue): boolean => saved.length === 0;

/** An edit that takes the place of one that was never written: it follows and settles what that one did. */
const inPlaceOf = ({ follows, settles }: StampedEdit, edit: StampedEdit): StampedEdit =>
  settles
    ? { ...edit, follows, settles: [...new Set([...settles, ...(edit.settles ?? [])])] }
    : { ...edit, follows };

/** Adds what came later; of the same field the later edit counts. */
const addTo = (queue: Queue, { edits, attachments, saved }: Queue): void => {
  for (const [key, edit] of edits) {
    const replaced = queue.edits.get(key);
    queue.edits.delete(key);
    queue.edits.set(key, replaced ? inPlaceOf(replaced, edit) : edit);
  }
  queue.attachments.push(...attachments);
  queue.saved.push(...saved);
};

/** Waits between attempts to write what could not be written, in ms. */
const RETRY = { first: 1_000, longest: 10_000 };

export interface Writer {
  /** Resolves when the edits are on disk, however many attempts that takes. */
  add(edits: readonly StampedEdit[], attachments: readonly AttachmentBytes[]): Promise<void>;
  /** Edits that are not on disk yet, oldest first. */
  pending(): Iterable<StampedEdit>;
  /** Whether something would be lost if the page went away now. */
  unsaved(): boolean;
  /** Resolves when nothing is being written: at once, or when the batch at hand is done. */
  stop(): Promise<void>;
}

export interface WriterParts<T> {
  /** The transaction. A batch that failed is written again, together with what came since. */
  write(batch: Batch): Promise<T>;
  /** Shows what the transaction wrote; its edits are not pending any more, and not shown for themselves. */
  show(written: T): void;
  /** What follows the transaction and is tried again by itself: the journal. */
  confirm(): Promise<void>;
  /** Says how saving goes; 'saved' is said only when nothing waits. */
  report(saving: SavingState): void;
  /** Chinese: why saving failed and what to do. */
  reasonOf(error: unknown): Promise<string>;
}

export const createWriter = <T>({
  write,
  show,
  confirm,
  report,
  reasonOf,
}: WriterParts<T>): Writer => {
  let waiting = emptyQueue();
  let writing = emptyQueue();
  let running: Promise<void> | null = null;
  let stopped = false;
  let failures = 0;
  let retryNow = () => {};

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      retryNow = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const run = async () => {
    while (!isEmpty(waiting) && !stopped) {
      [writing, waiting] = [waiting, emptyQueue()];
      try {
        if (writing.edits.size + writing.attachments.length > 0) {
          const written = await write(writing);
          writing.edits.clear();
          writing.attachments.length = 0;
          show(written);
        }
        await confirm();
        for (const saved of writing.saved) saved();
        writing = emptyQueue();
        failures = 0;
        if (!isEmpty(waiting)) report({ state: 'saving' });
      } catch (error) {
        addTo(writing, waiting);
        [writing, waiting] = [emptyQueue(), writing];
        report({ state: 'failed', message: await reasonOf(error) });
        failures += 1;
        if (!stopped) await pause(Math.min(RETRY.longest, RETRY.first * 2 ** (failures - 1)));
      }
    }
    running = null;
    if (isEmpty(waiting)) report({ state: 'saved', at: Date.now() });
  };

  return {
    add: (edits, attachments) =>
      new Promise((resolve) => {
        const keyed = edits.map((edit) => [`${edit.record}/${edit.field}`, edit] as const);
        addTo(waiting, { edits: new Map(keyed), attachments: [...attachments], saved: [resolve] });
        if (failures === 0) report({ state: 'saving' });
        retryNow();
        // Starts behind the present task, so that edits made together are written together.
        running ??= Promise.resolve().then(run);
      }),
    pending: function* () {
      yield* writing.edits.values();
      yield* waiting.edits.values();
    },
    unsaved: () => !isEmpty(writing) || !isEmpty(waiting),
    stop: async () => {
      stopped = true;
      retryNow();
      await running;
    },
  };
};
