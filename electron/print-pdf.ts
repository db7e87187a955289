import { execFile } from 'node:child_process';

/** Runs a program with bytes on its input; rejects with what it said on its error output. */
export type RunProgram = (
  program: string,
  args: readonly string[],
  input?: Uint8Array,
) => Promise<string>;

/** How long a program of the print system may take, and how long a job is watched, ms. */
export const PRINT_LIMITS = { program: 20_000, watch: 20_000, poll: 500 } as const;

/** A program with a time limit, speaking English so that its answers can be read. */
export const runProgram: RunProgram = (program, args, input) =>
  new Promise((resolve, reject) => {
    const options = { timeout: PRINT_LIMITS.program, env: { ...process.env, LC_ALL: 'C' } };
    const child = execFile(program, [...args], options, (error, stdout, stderr) => {
      if (!error) resolve(stdout);
      else if (error.killed) reject(new Error('打印服务没有回答'));
      else reject(new Error(stderr.trim().replace(/^\w+: /, '') || error.message));
    });
    child.stdin?.on('error', () => {}); // it ended early; its exit code says why
    child.stdin?.end(input);
  });

/** One job or printer of `lpstat -l`: its first line and the `Key: value` lines under it. */
const blockOf = (listing: string, name: string): string | null => {
  const blocks = listing.split(/\n(?=\S)/);
  return blocks.find((block) => block.split(/\s/).includes(name)) ?? null;
};

/** Words of CUPS (RFC 8011 and its own) that mean: nothing comes out until somebody does something. */
const TROUBLE =
  /offline|connecting-to-device|not responding|to become available|errors|stopped|aborted|media-empty|media-jam|door-open/;

/** What CUPS says of a job that left the queue without paper. */
const GIVEN_UP = /completed-with-errors|aborted|canceled|Filter failed/;

const troubleIn = (block: string | null): string | null => {
  if (block === null) return null;
  const first = block.split('\n', 1)[0] ?? '';
  if (/ disabled since /.test(first)) return '打印机已停用';
  return TROUBLE.test(block) ? '打印机没有响应或需要处理（缺纸、卡纸、未开机、没连上）' : null;
};

/**
 * Hands a PDF to CUPS (Linux, macOS) as it is: no picture of a page in between, so it prints as
 * sharp as the printer can. Watches the job for a while: a queue takes jobs for a printer that has
 * long been unplugged.
 *
 * @throws Error in words for the person; the job is then out of the queue again
 */
export const printPdf = async (
  job: {
    readonly printer: string;
    readonly title: string;
    readonly doubleSided: boolean;
    readonly pdf: Uint8Array;
  },
  run: RunProgram = runProgram,
  now: () => number = Date.now,
): Promise<void> => {
  const { printer } = job;
  const stopped = troubleIn(blockOf(await run('lpstat', ['-l', '-p', printer]), printer));
  if (stopped) throw new Error(stopped);
  const sides = job.doubleSided ? 'two-sided-long-edge' : 'one-sided';
  const taken = await run(
    'lp',
    ['-d', printer, '-t', job.title, '-o', 'media=A4', '-o', `sides=${sides}`, '-'],
    job.pdf,
  );
  const id = /request id is (\S+)/.exec(taken)?.[1];
  if (id === undefined) throw new Error(`打印服务没有给出任务号：${taken.trim()}`);

  const end = now() + PRINT_LIMITS.watch;
  let trouble: string | null = null;
  while (now() < end) {
    const waiting = blockOf(await run('lpstat', ['-l', '-o', printer]), id);
    if (waiting === null) {
      const done = blockOf(await run('lpstat', ['-l', '-W', 'completed', '-o', printer]), id);
      if (done && GIVEN_UP.test(done)) throw new Error('打印系统没能处理这个任务');
      return;
    }
    trouble =
      troubleIn(waiting) ?? troubleIn(blockOf(await run('lpstat', ['-l', '-p', printer]), printer));
    await new Promise((resolve) => setTimeout(resolve, PRINT_LIMITS.poll));
  }
  // Still printing, or behind other jobs: the queue has it, and nothing is wrong.
  if (trouble === null) return;
  // What would come out some day by itself is worse than what is printed again on purpose.
  await run('cancel', [id]).catch(() => {});
  throw new Error(trouble);
};
