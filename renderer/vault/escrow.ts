/** The office's part of the vault: a secret that the service keeps and gives only against a code. */
import type { Platform } from '../platform/platform.ts';
import type { OnsiteStore } from '../store/index.ts';
import { createHttp } from '../sync/http.ts';
import { createService } from '../sync/service.ts';
import type { Vault } from './vault.ts';

/**
 * Leaves the device's secret with the service it is enrolled at, when that is next reached. What fails
 * is tried again after the next round of the sync.
 */
export const leaveSecretWithOffice = (parts: {
  vault: Vault;
  platform: Platform;
  store: OnsiteStore;
}): void => {
  const { vault, platform, store } = parts;
  let leaving = false;
  const leave = async () => {
    const [{ service }, { device, token, epoch }] = await Promise.all([
      platform.config(),
      store.sealed.identity(),
    ]);
    if (service === null || token === null || epoch === null) return;
    await vault.escrow({ device, epoch }, createService(createHttp(service, token)).keepEscrow);
  };
  store.working.subscribe(async ({ sync }, before) => {
    if (leaving || sync.lastSuccessAt === before.sync.lastSuccessAt) return;
    leaving = true;
    await leave().catch(() => undefined);
    leaving = false;
  });
};
