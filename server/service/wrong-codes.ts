/** Wrong codes from one address before it has to wait, and for how long, ms. */
const ALLOWED = 10;
const WINDOW = 10 * 60_000;
/** Addresses remembered at once, so that a flood of them cannot fill the memory. */
const REMEMBERED = 10_000;

/** Counts wrong enrolment codes by address, so that nobody can try many. */
export class WrongCodes {
  readonly #byAddress = new Map<string, { count: number; since: number }>();

  tooMany(address: string, now: number): boolean {
    const entry = this.#byAddress.get(address);
    return entry !== undefined && now - entry.since < WINDOW && entry.count >= ALLOWED;
  }

  add(address: string, now: number): void {
    const entry = this.#byAddress.get(address);
    if (entry && now - entry.since < WINDOW) {
      entry.count += 1;
      return;
    }
    this.#byAddress.delete(address);
    this.#byAddress.set(address, { count: 1, since: now });
    const [oldest] = this.#byAddress.keys();
    if (this.#byAddress.size > REMEMBERED && oldest !== undefined) this.#byAddress.delete(oldest);
  }
}
