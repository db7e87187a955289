import { describe, expect, test } from 'vitest';
import { PRINT_LIMITS, printPdf, type RunProgram } from '../../../electron/print-pdf.ts';

const PRINTER = 'Office';
const IDLE = `printer Office is idle.  enabled since Sun Nov 22 20:26:32 2026\n\tAlerts: none\n`;
const job = { printer: PRINTER, title: '样例', doubleSided: false, pdf: new Uint8Array([1, 2]) };

/** A CUPS whose queue and printer say the given things; what was run is kept. */
const cups = (says: { queue: string; printer?: string; completed?: string }) => {
  const calls: string[] = [];
  const run: RunProgram = async (program, args) => {
    calls.push([program, ...args].join(' '));
    if (program === 'lp') return 'request id is Office-7 (0 file(s))\n';
    if (program === 'cancel') return '';
    if (args.includes('-p')) return says.printer ?? IDLE;
    return args.includes('completed') ? (says.completed ?? '') : says.queue;
  };
  return { run, calls };
};

/** A clock that a job's whole time passes on in three looks. */
const clock = () => {
  let time = 0;
  return () => (time += PRINT_LIMITS.watch / 3);
};

const waiting = (alerts: string) =>
  `Office-7                root             98304   Sun Nov 22 20:27:05 2026\n\tStatus: \n\tAlerts: ${alerts}\n\tqueued for Office\n`;

describe('printing a PDF through CUPS', () => {
  test('hands over A4, one or both sides, and is done when the job has left the queue', async () => {
    const { run, calls } = cups({ queue: '' });
    await printPdf({ ...job, doubleSided: true }, run);
    expect(calls).toContain('lp -d Office -t 样例 -o media=A4 -o sides=two-sided-long-edge -');
    expect(calls.filter((call) => call.startsWith('cancel'))).toEqual([]);
  });

  test('prints nothing on a printer that was stopped', async () => {
    const printer = 'printer Office disabled since Sun Nov 22 20:26:32 2026 -\n\tPaused\n';
    const { run, calls } = cups({ queue: '', printer });
    await expect(printPdf(job, run)).rejects.toThrow('打印机已停用');
    expect(calls.some((call) => call.startsWith('lp '))).toBe(false);
  });

  test('takes the job back from a printer that does not answer in time', async () => {
    const printer = IDLE.replace('is idle', 'now printing Office-7');
    let looks = 0;
    const { run, calls } = cups({ queue: waiting('job-printing') });
    const unplugged: RunProgram = async (program, args, input) => {
      const said = await run(program, args, input);
      if (!args.includes('-p')) return said;
      // Nothing is known of it before the first job tries to reach it.
      return looks++ === 0 ? IDLE : printer.replace('none', 'offline-report');
    };
    await expect(printPdf(job, unplugged, clock())).rejects.toThrow('没有响应');
    expect(calls).toContain('cancel Office-7');
  });

  test('leaves a long job alone while the printer works', async () => {
    const { run, calls } = cups({ queue: waiting('job-printing') });
    await printPdf(job, run, clock());
    expect(calls.some((call) => call.startsWith('cancel'))).toBe(false);
  });

  test('says so when the print system gave the job up', async () => {
    const completed = waiting('job-completed-with-errors');
    const { run } = cups({ queue: '', completed });
    await expect(printPdf(job, run)).rejects.toThrow('没能处理');
  });
});
