import type { Sealed } from '../store/sealed.ts';
import type { Service } from './service.ts';

/** Measures before the first push: what it brings would be placed by however long it was under way. */
export const measureClock = async (
  service: Pick<Service, 'clock'>,
  sealed: Pick<Sealed, 'clockMeasured' | 'clockAhead'>,
): Promise<void> => {
  if (sealed.clockAhead() !== null) return;
  const asked = Date.now();
  const now = await service.clock();
  const half = (Date.now() - asked) / 2;
  await sealed.clockMeasured(asked + half - now, half);
};
