import type { Platform } from '../../../renderer/platform/platform.ts';

/** A machine whose journal the test holds in its hands. */
export interface FakePlatform extends Platform {
  readonly entries: Uint8Array[];
  /** What an append waits for, or fails with. */
  hold: () => Promise<void>;
  service: string | null;
  enrolmentCode: string | null;
}

export const fakePlatform = (entries: Uint8Array[] = []): FakePlatform => {
  const platform: FakePlatform = {
    kind: 'browser',
    directPrint: null,
    entries,
    hold: async () => {},
    service: null,
    enrolmentCode: null,
    config: async () => ({
      version: '0.0.0',
      service: platform.service,
      enrolmentCode: platform.enrolmentCode,
    }),
    setService: async (origin) => {
      platform.service = origin;
    },
    appendJournal: async (entry) => {
      await platform.hold();
      entries.push(entry);
    },
    readJournal: async () => [...entries],
    saveFile: async () => null,
  };
  return platform;
};
