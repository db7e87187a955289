import { useWorking } from '../../services.tsx';
import type { SyncState } from '../../store/store.ts';

export const CONNECTIONS: Readonly<Record<SyncState['connection'], string>> = {
  online: '已连接',
  offline: '离线，可照常填写',
  unenrolled: '未登录，可照常填写',
  refused: '登录已失效，请重新登录',
};

/** How much of the file under way has left: `（1.2 / 3.4 MB）`, a small one in kB. */
export const sizeText = (bytes: SyncState['bytes']): string => {
  if (!bytes) return '';
  const { sent, total } = bytes;
  return total < 1_000_000
    ? `（${Math.round(sent / 1_000)} / ${Math.ceil(total / 1_000)} kB）`
    : `（${(sent / 1_000_000).toFixed(1)} / ${(total / 1_000_000).toFixed(1)} MB）`;
};

/** Whether the service can be reached, in plain words. */
export const Connection = () => {
  const { connection, progress, bytes, paused, reason } = useWorking((working) => working.sync);
  const said = paused ? '已暂停上传' : CONNECTIONS[connection];
  return (
    <span className={`connection ${connection}`} role="status" title={reason ?? undefined}>
      {progress ? `正在上传 ${progress.done}/${progress.total}${sizeText(bytes)}` : said}
    </span>
  );
};
