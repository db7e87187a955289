/** How backups are spoken of. */
import { type BackupHistory, daysWithout } from '../../../domain/backup/files.ts';

const clock = new Intl.DateTimeFormat('zh-CN', { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('zh-CN', { month: 'long', day: 'numeric' });
const date = new Intl.DateTimeFormat('zh-CN', { dateStyle: 'long' });

const daysBetween = (from: Date, to: Date): number => {
  const midnight = (time: Date) =>
    Date.UTC(time.getFullYear(), time.getMonth(), time.getDate()) / (24 * 60 * 60 * 1000);
  return midnight(to) - midnight(from);
};

/** 今天 08:12, 昨天 20:01, 11月2日 08:12, 2025年11月2日 08:12. */
export const whenOf = (time: Date, now: Date): string => {
  const days = daysBetween(time, now);
  const sameYear = time.getFullYear() === now.getFullYear();
  const said =
    days === 0 ? '今天' : days === 1 ? '昨天' : sameYear ? day.format(time) : date.format(time);
  return `${said} ${clock.format(time)}`;
};

/** The small line that is always there: when the last backup was. */
export const lastBackup = (history: BackupHistory, now: Date): string =>
  history.lastSuccessAt === null
    ? '尚未备份'
    : `备份：${whenOf(new Date(history.lastSuccessAt), now)}`;

/** What nobody may overlook. */
export const overdueWords = (history: BackupHistory, now: Date): string =>
  history.lastSuccessAt === null
    ? '本机的工单还没有备份过。电脑丢失或损坏时，没有上传的内容就找不回来了。'
    : `已经 ${daysWithout(history, now)} 天没有备份了。电脑丢失或损坏时，这些天里没有上传的内容就找不回来了。`;

/** `12 MB` */
export const sizeOf = (bytes: number): string =>
  bytes < 1024 * 1024
    ? `${Math.max(1, Math.round(bytes / 1024))} KB`
    : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
