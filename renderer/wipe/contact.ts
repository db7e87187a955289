/**
 * What a locked device may know of itself, in the plain: its id, its service, and a word that the
 * service knows it by and that opens nothing. With it a lost device can ask, locked, whether it was
 * ordered wiped, and say that it has done so.
 */
import { z } from 'zod';
import { contactOf, markKey } from '../../domain/sync/carried.ts';
import { contactRequestSchema } from '../../domain/sync/wire.ts';
import type { Platform } from '../platform/platform.ts';
import type { OnsiteStore } from '../store/index.ts';
import { createHttp } from '../sync/http.ts';
import { createService, ServiceError } from '../sync/service.ts';

const KEY = 'onsite.contact';
const contactSchema = contactRequestSchema.extend({ service: z.url() });
export type Contact = z.infer<typeof contactSchema>;

/** Reads what a key of the local storage holds; null when it is nothing of that shape. */
export const readLocal = <T>(key: string, schema: z.ZodType<T>): T | null => {
  try {
    return schema.parse(JSON.parse(localStorage.getItem(key) ?? ''));
  } catch {
    return null;
  }
};

export const readContact = (): Contact | null => readLocal(KEY, contactSchema);

/** Keeps how this device can be known while it is locked, at each step of a round: it may be locked before the first one ends. */
export const keepContactKnown = (parts: { platform: Platform; store: OnsiteStore }): void => {
  const keep = async () => {
    const [{ service }, { device, token }] = await Promise.all([
      parts.platform.config(),
      parts.store.sealed.identity(),
    ]);
    if (service === null || token === null) return;
    const contact: Contact = { service, device, contact: contactOf(markKey(token)) };
    localStorage.setItem(KEY, JSON.stringify(contact));
  };
  void keep();
  parts.store.working.subscribe(({ sync }, before) => {
    const { sending, lastSuccessAt } = before.sync;
    if (sync.sending !== sending || sync.lastSuccessAt !== lastSuccessAt) void keep();
  });
};

/** Whether the service has ordered this device wiped; false when it cannot be asked. */
export const isOrderedWiped = async ({ service, ...contact }: Contact): Promise<boolean> => {
  try {
    await createService(createHttp(service, null)).contact(contact);
    return false;
  } catch (error) {
    return error instanceof ServiceError && error.isWipe;
  }
};
