import { createContext, type ReactNode, use } from 'react';
import { useStore } from 'zustand';
import type { Keys } from '../domain/vault/keys.ts';
import { type Backups, createBackups } from './backup/index.ts';
import { connectPacks } from './documents/packs.ts';
import type { Platform } from './platform/platform.ts';
import { keepHalfTypedUnder } from './screens/order/half-typed.ts';
import { takeRebuild } from './store/generation.ts';
import { createStore, type OnsiteStore } from './store/index.ts';
import type { WorkingSet } from './store/store.ts';
import { createSync, type Sync } from './sync/index.ts';
import { leaveSecretWithOffice } from './vault/escrow.ts';
import { type Locking, startLocking } from './vault/locking.ts';
import type { Vault } from './vault/vault.ts';
import { keepContactKnown, readContact } from './wipe/contact.ts';
import { wipe } from './wipe/wipe.ts';

/** What every screen may use, made once when the vault is open. */
export interface Services {
  readonly platform: Platform;
  readonly vault: Vault;
  readonly locking: Locking;
  readonly store: OnsiteStore;
  readonly sync: Sync;
  readonly backups: Backups;
  /** Settles when the working set is filled; rejects when the local store cannot be opened. */
  readonly opened: Promise<void>;
}

export const createServices = ({
  platform,
  vault,
  keys,
}: {
  platform: Platform;
  vault: Vault;
  keys: Keys;
}): Services => {
  const store = createStore({ platform, keys });
  keepHalfTypedUnder(keys.cipher('draft'));
  const sync = createSync({
    store,
    platform,
    onWipe: () => {
      const contact = readContact();
      if (contact) void wipe({ vault }, contact);
    },
  });
  const locking = startLocking({ vault, platform: platform.vault, working: store.working });
  const backups = createBackups({ platform, store, keys, vault });
  // The list is shown before the first request leaves: no network is the ordinary case.
  const opened = store.open({ rebuild: takeRebuild() }).then(() => {
    sync.start();
    leaveSecretWithOffice({ vault, platform, store });
    keepContactKnown({ platform, store });
    // What fails there shows as a backup that is overdue.
    backups.start().catch(() => undefined);
    // A failure shows where it matters: when an order that needs a kept pack is printed.
    connectPacks(store.packs).catch(() => undefined);
  });
  return { platform, vault, locking, store, sync, backups, opened };
};

const Context = createContext<Services | null>(null);

export const ServicesProvider = (props: { services: Services; children: ReactNode }) => (
  <Context value={props.services}>{props.children}</Context>
);

export const useServices = (): Services => {
  const services = use(Context);
  if (!services) throw new Error('useServices outside of ServicesProvider');
  return services;
};

/** Reads the in-memory working set; the screen renders again when what it selected changes. */
export const useWorking = <T,>(select: (working: WorkingSet) => T): T =>
  useStore(useServices().store.working, select);
