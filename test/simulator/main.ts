/**
 * The simulator by hand: `node --import tsx test/simulator/main.ts [--seeds 10000] [--from 1]
 * [--minutes 30]`, and `--seed 123` to replay one with its story. Ends with 1 when a schedule fails.
 */
import { parseArgs } from 'node:util';
import { runSchedules } from './run.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    minutes: { type: 'string' },
  },
});

if (values.seed !== undefined) {
  const { failures } = await runSchedules({ from: Number(values.seed), count: 1, told: true });
  for (const { story, failure } of failures) console.log([...story, failure].join('\n'));
  console.log(failures.length === 0 ? 'nothing failed' : '');
  process.exit(failures.length);
}

const end = Date.now() + Number(values.minutes ?? 0) * 60_000;
const count = Number(values.seeds);
let from = Number(values.from);
do {
  const { failures, ...sums } = await runSchedules({ from, count, most: 5 });
  console.log(`seeds ${from} to ${from + count - 1}: ${JSON.stringify(sums)}`);
  for (const { seed, failure } of failures) console.log(`seed ${seed} fails: ${failure}`);
  if (failures.length > 0) process.exit(1);
  from += count;
} while (Date.now() < end);
