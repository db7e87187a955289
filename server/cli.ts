/** The `onsite` command line: the same code as the app, on order files. */
import process from 'node:process';

type Command = { run(args: string[]): Promise<number> };

const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  check: () => import('./cli/check.ts'),
  print: () => import('./cli/print.ts'),
  schema: () => import('./cli/schema.ts'),
  verify: () => import('./cli/verify.ts'),
  enrol: () => import('./cli/enrol.ts'),
  import: () => import('./cli/import.ts'),
  devices: () => import('./cli/devices.ts'),
  wipe: () => import('./cli/wipe.ts'),
  'reset-pin': () => import('./cli/reset-pin.ts'),
  'office-key': () => import('./cli/office-key.ts'),
};

const USAGE = [
  'check ORDER.json [--json]',
  'print ORDER.json --out DIR [--documents survey,roster] [--all-in-one] [--pack DIR|ZIP]',
  'verify FILE.pdf [ORDER.json]',
  'schema',
  'enrol --owner NAME [--role installer|office]',
  'import FILE [--owner NAME]',
  'devices',
  'wipe --device ID|--owner NAME [--cancel]',
  'reset-pin --device ID|--owner NAME',
  'office-key [--backup FILE|--restore FILE]',
];

const [name = '', ...args] = process.argv.slice(2);
const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
if (load) {
  process.exitCode = await (await load()).run(args);
} else if (name === '--help' || name === 'help') {
  for (const line of USAGE) console.log(`onsite ${line}`);
} else {
  console.error(`${name ? `没有“${name}”这个命令` : '请给出命令'}：${USAGE.join('，')}`);
  process.exitCode = 2;
}
