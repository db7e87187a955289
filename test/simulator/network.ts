/** What lies between the devices and the service: it loses, delays, repeats, reorders and is cut. */
import { ServiceError } from '../../domain/sync/service-error.ts';
import type { World } from './world.ts';

/** How long a device waits for an answer, ms. */
const TIMEOUT = 30_000;

export const unreachable = () => new ServiceError('unreachable', 'unreachable', '连不上同步服务。');

export interface Quality {
  /** Chances that a request or an answer is lost, and that a request arrives twice. */
  readonly loss: number;
  readonly twice: number;
  /** The longest of an ordinary request or answer, ms. */
  readonly delay: number;
  /** The chance of one so long that most devices have given up by then. */
  readonly slow: number;
}

export const PERFECT: Quality = { loss: 0, twice: 0, delay: 20, slow: 0 };

export class Network {
  quality: Quality = PERFECT;
  readonly #world: World;
  /** Devices that have no network now. */
  readonly #cut = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  cut(device: string, isCut: boolean): void {
    if (isCut) this.#cut.add(device);
    else this.#cut.delete(device);
    this.#world.tell(() => `${device} is ${isCut ? 'cut off' : 'connected'}`);
  }

  #delay(): number {
    const { random } = this.#world;
    const { delay, slow } = this.quality;
    return 1 + random.below(delay) + (random.chance(slow) ? random.below(TIMEOUT * 1.5) : 0);
  }

  /** Asks the service something; its own errors are answers too. */
  ask<T>(device: string, call: () => Promise<T>): Promise<T> {
    const { random } = this.#world;
    return new Promise((resolve, reject) => {
      const fail = () => reject(unreachable());
      if (this.#cut.has(device)) {
        this.#world.after(1 + random.below(500), fail);
        return;
      }
      this.#world.after(TIMEOUT, fail);
      const deliver = () => {
        if (this.#cut.has(device) || random.chance(this.quality.loss)) return;
        const back = (answer: () => void) => {
          if (random.chance(this.quality.loss)) return;
          this.#world.after(this.#delay(), () => {
            if (!this.#cut.has(device)) answer();
          });
        };
        call().then(
          (answer) => back(() => resolve(answer)),
          (error: unknown) => back(() => reject(asAnswer(error))),
        );
      };
      this.#world.after(this.#delay(), deliver);
      if (random.chance(this.quality.twice)) this.#world.after(this.#delay() * 3, deliver);
    });
  }
}

const asAnswer = (error: unknown): ServiceError =>
  error instanceof ServiceError
    ? error
    : new ServiceError('answered', 'failed', '服务暂时出错。', 500);
