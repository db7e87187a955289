import { useWorking } from '../../services.tsx';
import type { SyncState } from '../../store/store.ts';

export const CONNECTIONS: Readonly<Record<SyncState['connection'], string>> = {
  online: '已连接',
  offline: '离线，可照常填写',
  unenrolled: '未登录，可照常填写',
  refused: '登录已失效，请重新登录',
};

/** Whether the service can be reached, in plain words. */
export const Connection = () => {
  const { connection, progress, reason } = useWorking((working) => working.sync);
  return (
    <span className={`connection ${connection}`} role="status" title={reason ?? undefined}>
      {progress ? `正在上传 ${progress.done}/${progress.total}` : CONNECTIONS[connection]}
    </span>
  );
};
