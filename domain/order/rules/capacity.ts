import type { FactKey } from '../dictionary.ts';
import { factProblem, type Rule } from '../problem.ts';
import { findDevice } from '../reference.ts';

/** Up to this many lines, all may talk at once. */
const ALL_TALK = 30;
/** Above, the load a line offers in the busy hour, and the share of calls that may be blocked. */
const ERLANG_A_LINE = 0.1;
const BLOCKING = 0.01;
/** G.711 with 20 ms frames on Ethernet is 87.2 kbit/s; with headroom. */
export const KBITS_A_CALL = 100;

/** Erlang B: the fewest circuits on which the offered load (erlang) is blocked at most that often. */
export function circuitsFor(load: number, blocking: number): number {
  let blocked = 1;
  let circuits = 0;
  while (blocked > blocking) {
    circuits += 1;
    blocked = (load * blocked) / (circuits + load * blocked);
  }
  return circuits;
}

/** How many of the lines may talk at once: all of them up to 30, above that by Erlang B. */
export const simultaneousCalls = (lines: number): number =>
  lines <= ALL_TALK ? lines : circuitsFor(lines * ERLANG_A_LINE, BLOCKING);

/** Whether the devices and the bandwidth carry the lines. */
export const capacity: Rule = ({ order, reference }, report) => {
  const { facts } = order;
  const lines = facts['survey.lineCount'];
  if (lines === undefined || lines < 1) return;

  const device = findDevice(reference, facts['survey.accessDevice']);
  const count = facts['survey.deviceCount'];
  if (device && count !== undefined && device.ports * count < lines) {
    report(
      factProblem(
        'survey.deviceCount',
        'device-capacity',
        'error',
        `不够：${count} 台 ${device.model} 共 ${device.ports * count} 口，少于 ${lines} 线，至少需要 ${Math.ceil(lines / device.ports)} 台`,
      ),
    );
  }
  const calls = simultaneousCalls(lines);
  const bandwidths: FactKey[] = ['survey.bandwidthMbps', 'service.bandwidthMbps'];
  for (const key of bandwidths) {
    const mbps = facts[key];
    if (typeof mbps === 'number' && mbps * 1000 < calls * KBITS_A_CALL) {
      report(
        factProblem(
          key,
          'bandwidth-capacity',
          'error',
          `不够：${lines} 线按 ${calls} 路同时通话、每路 ${KBITS_A_CALL} kbit/s，至少需要 ${(calls * KBITS_A_CALL) / 1000} Mbit/s`,
          'survey.lineCount',
        ),
      );
    }
  }
};
