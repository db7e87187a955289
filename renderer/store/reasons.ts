/** Why something could not be written or opened, in words that say what to do. */

export class JournalError extends Error {
  override readonly name = 'JournalError';
}

const namesOf = (error: unknown): string[] => {
  const names: string[] = [];
  for (let at = error, depth = 0; at instanceof Object && depth < 4; depth += 1) {
    if ('name' in at) names.push(String(at.name));
    // Dexie keeps the browser's own error inside its own.
    at = 'inner' in at ? at.inner : 'cause' in at ? at.cause : null;
  }
  return names;
};

const AGAIN = '内容还在屏幕上，请不要关闭窗口，正在自动重试。';

/** Why saving failed and what to do. */
export const reasonOfFailedSave = (error: unknown): string => {
  const names = namesOf(error);
  if (names.includes('QuotaExceededError')) {
    return `磁盘空间不足，刚才填写的内容还没有保存。请删除一些不用的文件，腾出空间后会自动保存。${AGAIN}`;
  }
  if (names.includes('JournalError')) {
    return `保存日志写不进磁盘，刚才填写的内容还没有保存好。请检查磁盘是否已满或被设为只读。${AGAIN}`;
  }
  return `本机数据库暂时写不进去，刚才填写的内容还没有保存。${AGAIN}一直不行时，请先把要紧的内容抄下来，再重新打开本应用。`;
};
