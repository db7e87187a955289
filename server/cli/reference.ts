import coverage from '../../assets/coverage.json' with { type: 'json' };
import devices from '../../assets/devices.json' with { type: 'json' };
import { coverageFrom } from '../../domain/documents/coverage.ts';
import type { Reference } from '../../domain/order/reference.ts';

/** The device catalogue and the fonts' coverage that the app ships. */
export const reference: Reference = { devices, canPrint: coverageFrom(coverage) };
