import { describe } from 'vitest';
import { describeService } from './behaviour.ts';

describe('the service on PGlite', () => describeService(() => null));
