import { Alert, Button } from 'antd';
import { Link } from 'wouter';
import { isOverdue } from '../../backup/index.ts';
import { useServices, useWorking } from '../../services.tsx';
import { useBackups, useNow } from './use-backups.ts';
import { lastBackup, overdueWords } from './words.ts';
import './backup.css';

/** A week without a backup, over whatever screen the person is on; it cannot be closed, only mended. */
export const BackupNotice = () => {
  const { backups } = useServices();
  const { history, folder, allowed, running, problem } = useBackups();
  const orders = useWorking(({ summaries }) => summaries.size);
  const now = useNow();
  if (!history || !isOverdue(history, orders, now)) return null;
  const press = async () => {
    if (backups.way === 'folder' && folder === null) {
      if (!(await backups.chooseFolder())) return;
    } else if (!allowed) await backups.allow();
    await backups.backUpNow();
  };
  return (
    <Alert
      banner
      type="error"
      className="backup-notice"
      title={
        <>
          <strong>{overdueWords(history, now)}</strong>
          {problem && <span> 上次没有成功：{problem}。</span>}
        </>
      }
      action={
        <Button
          type="primary"
          danger
          loading={running}
          // Why it failed stands in the notice.
          onClick={() => void press().catch(() => undefined)}
        >
          {backups.way === 'folder' && folder === null ? '选择备份文件夹' : '立即备份'}
        </Button>
      }
    />
  );
};

/** When the last backup was, small, in the header of the list. */
export const BackupLine = () => {
  const { history, problem } = useBackups();
  const orders = useWorking(({ summaries }) => summaries.size);
  const now = useNow();
  if (!history || (orders === 0 && history.lastSuccessAt === null)) return null;
  const worry = problem !== null || history.lastSuccessAt === null;
  return (
    <Link
      href="/settings"
      className={worry ? 'backup-line worry' : 'backup-line'}
      title={problem ?? '在“设置”里查看备份'}
    >
      {lastBackup(history, now)}
    </Link>
  );
};
