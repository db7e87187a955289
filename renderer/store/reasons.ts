/** Why something could not be written or opened, in words that say what to do. */
import type { DiskSpace } from '../../domain/shell/contract.ts';

export class JournalError extends Error {
  override readonly name = 'JournalError';
}

/*
 * What `store.open()` rejects with, each for a page of its own; whatever else it rejects with is the
 * database that will not open, too. Nothing was changed or deleted when one of them is thrown.
 */

/** The browser's database will not open: locked by another window, or broken. */
export class DatabaseClosedError extends Error {
  override readonly name = 'DatabaseClosedError';
  constructor(options?: ErrorOptions) {
    super(DATABASE_CLOSED, options);
  }
}

/** The browser's database does not answer at all. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
  /** @param ms how long it had */
  constructor(ms: number) {
    super(`the database did not open within ${ms} ms`);
  }
}

/** A later version of the app has written this store. */
export class NewerStoreError extends Error {
  override readonly name = 'NewerStoreError';
  constructor(options?: ErrorOptions) {
    super(NEWER_STORE, options);
  }
}

/** A row is not what was written: it does not decrypt. Any read may reject with it, not `open` alone. */
export class DamagedRowError extends Error {
  override readonly name = 'DamagedRowError';
  /** @param place table and primary key: nothing personal */
  constructor(
    readonly place: string,
    options?: ErrorOptions,
  ) {
    super(`本机数据库里有一处损坏（${place}），读不出来。`, options);
  }
}

/**
 * The database is empty though the journal is not: `reset` when it once held something. `gone` when it
 * held something, and there is no journal to make it again from.
 */
export class LostStoreError extends Error {
  override readonly name = 'LostStoreError';
  constructor(readonly how: 'empty' | 'reset' | 'gone') {
    super(how === 'gone' ? GONE_STORE : LOST_STORE);
  }
}

/** The database is empty, and the journal that should say whether it was lost cannot be read. */
export class JournalUnreadableError extends Error {
  override readonly name = 'JournalUnreadableError';
  constructor(options?: ErrorOptions) {
    super(JOURNAL_UNREADABLE, options);
  }
}

/** What `store.open()` rejects with: one of the above; anything else means that the database is closed. */
export const openError = (cause: unknown): Error =>
  cause instanceof NewerStoreError ||
  cause instanceof DamagedRowError ||
  cause instanceof LostStoreError ||
  cause instanceof JournalUnreadableError ||
  cause instanceof DatabaseClosedError
    ? cause
    : new DatabaseClosedError({ cause });

/** The names of an error and of what caused it, outermost first. */
export const namesOf = (error: unknown): string[] => {
  const names: string[] = [];
  for (let at = error, depth = 0; at instanceof Object && depth < 4; depth += 1) {
    if ('name' in at) names.push(String(at.name));
    // Dexie keeps the browser's own error inside its own.
    at = 'inner' in at ? at.inner : 'cause' in at ? at.cause : null;
  }
  return names;
};

export const RECALL_LATER =
  '有附件已按设置从本机清理，现在连不上服务器，取不回来。联网后再打开，会自动向服务器取。';

const AGAIN = '内容还在屏幕上，请不要关闭窗口，正在自动重试。';

/** Bytes below which a disk takes no transaction any more. */
const DISK_FULL = 4 * 1024 * 1024;

/** Whether the disk takes transactions; true when nobody can say. */
export const hasRoom = (space: DiskSpace | null): boolean =>
  space === null || space.free >= DISK_FULL;

/**
 * Why saving failed and what to do.
 *
 * @param space what the disk has: the browser's error does not always say that it is full
 */
export const reasonOfFailedSave = (error: unknown, space: DiskSpace | null): string => {
  const names = namesOf(error);
  if (!isSecureContext) {
    return '这个网址不是 https，浏览器不允许可靠地保存内容。请改用 https 网址或桌面应用，并先把刚才填写的抄下来。';
  }
  if (names.includes('QuotaExceededError') || !hasRoom(space)) {
    return `磁盘空间不足，刚才填写的内容还没有保存。请删除一些不用的文件，腾出空间后会自动保存。${AGAIN}`;
  }
  if (names.includes('JournalError')) {
    return `保存日志写不进磁盘，刚才填写的内容还没有保存好。请检查磁盘是否已满或被设为只读。${AGAIN}`;
  }
  if (names.includes('NoAnswerError')) {
    return '本机数据库没有回应。刚才填写的内容已经记入保存日志，停下几秒后界面会自动重新载入，再接着填写。';
  }
  return `本机数据库暂时写不进去，刚才填写的内容还没有保存。${AGAIN}一直不行时，请先把要紧的内容抄下来，再重新打开本应用。`;
};

const DATABASE_CLOSED =
  '打不开本机数据库。请关闭其他正在使用本应用的窗口，确认磁盘没有满，然后重新打开。';

const NEWER_STORE =
  '本机的数据是更新版本的应用保存的，这个版本不能打开，也没有改动它。请安装最新版本后再打开。';

const JOURNAL_UNREADABLE =
  '保存日志读不出来，无法确认本机数据是否完整。若工单有缺少，请先不要清理电脑，并联系管理员。';

const LOST_STORE = '本机数据库是空的，但保存日志里有填写过的内容，可以从日志重建。';

export const GONE_STORE =
  '本机数据库被清空了，也没有可以重建它的保存日志：原来的工单要从备份恢复，已上传的可以从后台取回。';

/**
 * What a person is told after a lost database was made again.
 * @param isPartial whether something in the journal could not be read
 */
export const rebuiltNotice = (orders: number, isPartial: boolean): string =>
  `已从保存日志重建本机数据库：恢复 ${orders} 份工单。` +
  (isPartial
    ? '日志里有一段没有写完或已损坏，请核对最后填写的内容和签名。'
    : '填写的内容、签名和附件都在。') +
  '其他设备填写的内容会在联网后重新取回。';

/** What a person is told when the store lacked what the journal had. */
export const takenNotice = (changes: number): string =>
  `本机数据库少了最后保存的 ${changes} 处内容，已从保存日志补回。`;
