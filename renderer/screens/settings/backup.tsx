import { FolderOpenOutlined } from '@ant-design/icons';
import { Alert, App, Button, Select } from 'antd';
import { useId } from 'react';
import { Link } from 'wouter';
import type { BackupHistory } from '../../../domain/backup/files.ts';
import { useServices } from '../../services.tsx';
import type { DeviceSettings } from '../../store/store.ts';
import '../backup/backup.css';
import { useBackups, useNow } from '../backup/use-backups.ts';
import { whenOf } from '../backup/words.ts';
import { Group } from '../order/group.tsx';

const DOWNLOADS =
  '这个浏览器不允许网页写入文件夹，所以不能自动备份：请每天点一次“下载备份”，把文件放到U盘或另一台电脑上。';

/** On plain HTTP the browser gives a page no private files: see `platform/no-second-place.ts`. */
const ONE_PLACE =
  '这个网址以 http:// 开头，浏览器不提供保存日志用的空间：“已保存”的内容在本机只有数据库里的一份，数据库坏了只能靠上传或备份找回。在现场填写请用桌面版，或请管理员换成 https:// 的网址。';

const Success = ({ history, now }: { history: BackupHistory; now: Date }) => {
  if (history.lastSuccessAt === null || !history.held) return <p>还没有备份过。</p>;
  const { orders, attachments } = history.held;
  return (
    <p>
      上次成功：{whenOf(new Date(history.lastSuccessAt), now)}，{orders} 份工单、{attachments}{' '}
      个附件，写完后已读回核对。
    </p>
  );
};

/** Where backups go, how the last one went, and the way back. */
export const BackupSettings = () => {
  const { backups } = useServices();
  const { message } = App.useApp();
  const { folder, allowed, history, running, problem } = useBackups();
  const now = useNow();

  const backUp = async () => {
    const report = await backups.backUpNow();
    if (report) message.success('已备份，并读回核对');
  };
  const choose = async () => {
    if (await backups.chooseFolder()) await backUp();
  };
  const allow = async () => {
    await backups.allow();
    await backUp();
  };
  // Why it failed stands in the state below.
  const press = (work: () => Promise<void>) => () => void work().catch(() => undefined);
  return (
    <Group title="备份" note="每天自动一次，更新后一次；内容是加密的，换一台电脑时用恢复码打开">
      {backups.way === 'folder' && (
        <div className="settings-line">
          <span>备份文件夹</span>
          <span className="backup-path">{folder ?? '还没有选择，建议选U盘或另一块磁盘'}</span>
          <Button
            icon={<FolderOpenOutlined />}
            disabled={running}
            type={folder === null ? 'primary' : 'default'}
            onClick={press(choose)}
          >
            {folder === null ? '选择' : '更换'}
          </Button>
        </div>
      )}
      <div className="backup-state">
        {history && <Success history={history} now={now} />}
        {!isSecureContext && <Alert type="warning" showIcon title={ONE_PLACE} />}
        {backups.way === 'download' && <Alert type="warning" showIcon title={DOWNLOADS} />}
        {!allowed && (
          <Alert
            type="warning"
            showIcon
            title="浏览器重新打开以后，要您允许一次才能继续自动备份。"
            action={<Button onClick={press(allow)}>允许写入</Button>}
          />
        )}
        {problem && (
          <Alert
            type="error"
            showIcon
            title={`这次备份没有成功：${problem}。以前的备份都还在，稍后会自动再试。`}
          />
        )}
        <div className="backup-actions">
          <Button
            loading={running}
            disabled={backups.way === 'folder' && (folder === null || !allowed)}
            onClick={press(backUp)}
          >
            {backups.way === 'folder' ? '立即备份' : '下载备份'}
          </Button>
          <Link href="/restore">从备份恢复</Link>
        </div>
      </div>
    </Group>
  );
};

const THIN_AFTER = [
  { value: 0, label: '一直保留（默认）' },
  ...[7, 30, 90, 180, 365].map((days) => ({ value: days, label: `${days} 天没有改动后清理` })),
];

/** Whether the bytes of uploaded attachments are let go after a while. */
export const RetentionSettings = (props: {
  settings: DeviceSettings;
  change: (settings: DeviceSettings) => void;
}) => {
  const id = useId();
  const set = (days: number) => {
    const { thinAfterDays: _, ...others } = props.settings;
    props.change(days === 0 ? others : { ...others, thinAfterDays: days });
  };
  return (
    <Group
      title="已上传的附件"
      note="只清理服务器已全部确认的工单；清理后名称和校验值还在，打开时再向服务器取"
    >
      <div className="settings-line">
        <label htmlFor={id}>本机保留</label>
        <Select
          id={id}
          options={THIN_AFTER}
          value={props.settings.thinAfterDays ?? 0}
          onChange={set}
        />
      </div>
    </Group>
  );
};
