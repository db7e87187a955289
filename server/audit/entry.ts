/**
 * The audit trail: what happened, in which order, for each organisation. An entry is chained to the
 * one before it by a hash, so that none can be changed, left out or put in later without every hash
 * behind it being wrong. The database makes the hashes as entries are inserted (migration `audit`);
 * what is here is the same rule once more, for those who check.
 */
import { createHash } from 'node:crypto';

export const AUDIT_ACTIONS = {
  changes: '上传内容',
  rejected: '拒收内容',
  'signed-in': '登录',
  'sign-in-failed': '登录失败',
  'signed-out': '退出登录',
  'session-revoked': '停用设备登录',
  'code-made': '发放登记码',
  'user-added': '新增用户',
  'user-changed': '修改用户',
  'password-changed': '修改密码',
  'organisation-added': '新增机构',
  'organisation-changed': '修改机构',
  exported: '导出',
  reviewed: '审核',
  imported: '导入U盘文件',
  'wipe-ordered': '要求清除设备',
  'wipe-cancelled': '取消清除设备',
  wiped: '设备已清除',
  'unlock-code-made': '发放口令重设码',
  unlocked: '重设设备口令',
} as const;
export type AuditAction = keyof typeof AUDIT_ACTIONS;

/** The chain of what belongs to no organisation, such as a failed sign-in under an unknown name. */
export const NO_ORGANISATION = '00000000-0000-0000-0000-000000000000';

export interface AuditEntry {
  /** The branch (or province) that it happened in. */
  readonly organisation: string;
  /** From 1, without gaps. */
  readonly number: number;
  /** By the server's clock, ms. */
  readonly at: number;
  readonly actor: string | null;
  readonly device: string | null;
  readonly action: AuditAction;
  /** JSON; of `changes` a `ChangesDetail`. */
  readonly detail: string;
  readonly hash: string;
}

/**
 * What an entry of a push says of the changes it accepted: all from one seq to another, and the digest
 * of them. One entry covers a whole push: its cost does not grow with the changes.
 */
export interface ChangesDetail {
  readonly from: number;
  readonly to: number;
  readonly digest: string;
}

/** The hash of an entry behind another one (of the first: behind an empty text). Hex. */
export const entryHash = (previous: string, entry: Omit<AuditEntry, 'hash'>): string =>
  sha256(
    [
      previous,
      entry.organisation,
      entry.number,
      entry.at,
      entry.actor ?? '',
      entry.device ?? '',
      entry.action,
      // Last, since only this may hold a line break.
      entry.detail,
    ].join('\n'),
  );

/** A change as the log keeps it, whatever its columns. */
export type LoggedChange = Readonly<Record<string, unknown>>;

/**
 * The digest of the changes of one push, in the order of the log. Hex. It is of all that a change says, in
 * one order; a column that comes later leaves older digests as they are, since it is null in them.
 */
export function changesDigest(changes: readonly LoggedChange[]): string {
  // The rows of one table: all have the same columns.
  const columns = Object.keys(changes[0] ?? {}).sort();
  const said = changes.map((change) => {
    const pairs: [string, unknown][] = [];
    for (const column of columns) {
      const value = change[column] ?? null;
      if (value !== null) pairs.push([column, value]);
    }
    return pairs;
  });
  return sha256(JSON.stringify(said));
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
