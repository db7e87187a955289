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
  audit: () => import('./cli/audit.ts'),
  users: () => import('./cli/users.ts'),
};

const USAGE = [
  'check ORDER.json [--json]',
  'print ORDER.json --out DIR [--documents survey,roster] [--all-in-one] [--pack DIR|ZIP]',
  'verify FILE.pdf [ORDER.json]',
  'schema',
  'enrol --username USERNAME',
  'enrol --owner NAME [--role installer|reviewer|administrator]',
  'audit verify',
  'users list',
  'users add --username USERNAME --name NAME --role ROLE --organisation PROVINCE/BRANCH/TEAM',
  'users password --username USERNAME',
  'import FILE [--username USERNAME]',
  'devices',
  'wipe --device ID|--username USERNAME [--cancel]',
  'reset-pin --device ID|--username USERNAME',
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
