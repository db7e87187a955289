/** What a verdict says to people. */
import { documentName } from './claim.ts';
import type { FileState, Verdict } from './verify.ts';

export const STATE_WORDS: Readonly<Record<FileState, { title: string; meaning: string }>> = {
  intact: { title: '完整', meaning: '文件与封存时逐字节相同。' },
  extended: { title: '被追加', meaning: '封存之后有人在文件后面追加了内容。' },
  changed: { title: '被改动', meaning: '文件或工单与封存时不同。' },
  unsealed: { title: '没有封存', meaning: '这份文件没有勘签的封存，无法判断。' },
};

/** `2026-03-03 10:00:06（UTC+08:00）`: ISO 8601 in UTC, as it is in China. */
const inChina = (iso: string): string => {
  const time = Date.parse(iso);
  if (Number.isNaN(time)) return iso;
  const local = new Date(time + 8 * 3_600_000).toISOString();
  return `${local.slice(0, 10)} ${local.slice(11, 19)}（UTC+08:00，设备时钟）`;
};

/** The facts of a verdict, as label and text. */
export function verdictLines({ claim, sealed, document }: Verdict): readonly [string, string][] {
  const lines: [string, string][] = [];
  if (document) lines.push(['文书', documentName(document)]);
  if (claim?.orderNumber) lines.push(['工单编号', claim.orderNumber]);
  if (claim) lines.push(['签名', `${claim.signatures.length} 个`]);
  if (sealed) {
    lines.push(['封存时间', inChina(sealed.at)]);
    lines.push(['封存设备', sealed.device.replace(/\p{Cc}/gu, ' ')]);
    lines.push(['封存公钥摘要', sealed.key]);
  }
  return lines;
}

/** What nobody should read into an intact file. */
export const LIMITS_OF_SEAL = {
  withOrder: '文件与工单一致。',
  withoutOrder:
    '没有同时核对工单：封存的是哪台设备，请把“封存公钥摘要”与工单或证据页比对，或连同工单文件一起验证。',
  always: '验证只说明文件封存后有没有改动，不代替对签署人身份的核实。',
} as const;
