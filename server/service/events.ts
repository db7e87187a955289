import { EVENTS } from '../../domain/sync/events.ts';
import { type Scope, within } from '../rights.ts';
import type { Nudge, Sender } from '../store/index.ts';

/**
 * Who waits at `GET /sync/events` for a word that there is something to pull. The word carries nothing:
 * what changed is pulled, where rights are asked again.
 */
export interface Events {
  /** Tells everybody who may read what changed, but not the device that changed it; null: everybody. */
  nudged(nudge: Nudge | null): void;
  /** The stream of one device; one that it had before ends. */
  stream(sender: Pick<Sender, 'session' | 'device'>, scope: Scope): ReadableStream<Uint8Array>;
  /** Ends all streams, and those that come after. */
  close(): void;
}

interface Listener {
  readonly device: string;
  readonly scope: Scope;
  nudge(): void;
  end(): void;
}

/** Words to a device whose link is stuck that may wait; one is as good as many. */
const UNREAD = 8;

export function createEvents(): Events {
  const listeners = new Map<string, Listener>();
  let closed = false;

  return {
    nudged(nudge) {
      for (const { device, scope, nudge: tell } of listeners.values()) {
        if (!nudge || (device !== nudge.device && within(scope, nudge.home))) tell();
      }
    },
    stream({ session, device }, scope) {
      listeners.get(session)?.end();
      const written = new TextEncoder();
      let end = () => {};
      return new ReadableStream<Uint8Array>({
        start(controller) {
          let soon: NodeJS.Timeout | undefined;
          const say = (text: string) => {
            if ((controller.desiredSize ?? 0) > -UNREAD) controller.enqueue(written.encode(text));
          };
          // An event that says nothing keeps proxies from cutting a silent line.
          const beat = setInterval(() => say(': \n\n'), EVENTS.beat);
          const listener: Listener = {
            device,
            scope,
            nudge: () => {
              soon ??= setTimeout(() => {
                soon = undefined;
                say('event: changed\ndata: {}\n\n');
              }, EVENTS.gather);
            },
            end: () => {
              stop();
              controller.close();
            },
          };
          // The device comes again then and shows its token anew.
          const over = setTimeout(listener.end, EVENTS.longest);
          const stop = () => {
            clearInterval(beat);
            clearTimeout(soon);
            clearTimeout(over);
            if (listeners.get(session) === listener) listeners.delete(session);
          };
          end = stop;
          listeners.set(session, listener);
          say('event: ready\ndata: {}\n\n');
          if (closed) listener.end();
        },
        cancel: () => end(),
      });
    },
    close() {
      closed = true;
      for (const { end } of listeners.values()) end();
    },
  };
}
