/** Chance and time of one schedule: everything in it follows from the seed. */

export interface Random {
  /** 0 ≤ number < 1 */
  next(): number;
  /** A whole number below `n`. */
  below(n: number): number;
  between(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T | undefined;
  hex(digits: number): string;
}

/** sfc32, by Chris Doty-Humphrey: small, fast, and passes PractRand. */
export const randomOf = (seed: number): Random => {
  let [a, b, c, d] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, seed ^ 0xdeadbeef];
  const draw = () => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    return t >>> 0;
  };
  for (let i = 0; i < 12; i += 1) draw();
  const next = () => draw() / 4_294_967_296;
  const below = (n: number) => Math.floor(next() * n);
  return {
    next,
    below,
    between: (from, to) => from + below(to - from + 1),
    chance: (probability) => next() < probability,
    pick: (list) => list[below(list.length)],
    hex: (digits) => {
      let text = '';
      while (text.length < digits) text += draw().toString(16).padStart(8, '0');
      return text.slice(0, digits);
    },
  };
};

interface Event {
  readonly at: number;
  readonly place: number;
  readonly run: () => void;
}

/**
 * Time that only moves from one event to the next. Between two events all code runs until it waits
 * for another event, so that the order of everything is the order of the events.
 */
export class World {
  /** ms since the epoch, by a clock that is right. */
  now = 1_760_000_000_000;
  readonly random: Random;
  readonly #queue: Event[] = [];
  #count = 0;
  /** What happened, for whoever reads a failing schedule; empty unless asked for. */
  readonly story: string[] | null;

  constructor(seed: number, told: boolean) {
    this.random = randomOf(seed);
    this.story = told ? [] : null;
  }

  tell(text: () => string): void {
    this.story?.push(`${((this.now - 1_760_000_000_000) / 1000).toFixed(3)} ${text()}`);
  }

  after(ms: number, run: () => void): void {
    this.#count += 1;
    const event = { at: this.now + ms, place: this.#count, run };
    const queue = this.#queue;
    let i = queue.push(event) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = queue[parent];
      if (!above || !isBefore(event, above)) break;
      queue[i] = above;
      i = parent;
    }
    queue[i] = event;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Runs events until the time comes or `isDone`, asked at every event, says so. */
  async run(until: number, isDone: () => boolean = () => false): Promise<boolean> {
    for (;;) {
      await settled();
      if (isDone()) return true;
      const event = this.#queue[0];
      if (!event || event.at > until) {
        this.now = Math.max(this.now, until);
        return false;
      }
      this.#take();
      this.now = Math.max(this.now, event.at);
      event.run();
    }
  }

  #take(): void {
    const queue = this.#queue;
    const last = queue.pop();
    if (!last || queue.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      const [left, right] = [queue[child], queue[child + 1]];
      if (!left) break;
      if (right && isBefore(right, left)) child += 1;
      const below = queue[child];
      if (!below || !isBefore(below, last)) break;
      queue[i] = below;
      i = child;
    }
    queue[i] = last;
  }
}

const isBefore = (a: Event, b: Event): boolean =>
  a.at < b.at || (a.at === b.at && a.place < b.place);

/** Resolves when all promises that can go on have gone on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A UUIDv7 whose time is a device's clock. */
export const uuidOf = (random: Random, time: number): string => {
  const stamp = Math.max(0, Math.floor(time)).toString(16).padStart(12, '0').slice(-12);
  const variant = '89ab'[random.below(4)];
  return `${stamp.slice(0, 8)}-${stamp.slice(8)}-7${random.hex(3)}-${variant}${random.hex(3)}-${random.hex(12)}`;
};
