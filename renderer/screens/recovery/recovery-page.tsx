/** A page for each thing that can be wrong with what the device keeps: what happened, what is safe, what to press. */
import {
  CheckCircleOutlined,
  FileTextOutlined,
  RightCircleOutlined,
  WarningOutlined,
} from '@ant-design/icons';
import { Alert, Button } from 'antd';
import { type ReactNode, useState } from 'react';
import type { Platform } from '../../platform/platform.ts';
import { askRebuild, setDatabaseAside } from '../../store/generation.ts';
import { diagnose } from './diagnostic.ts';
import './recovery.css';
import { type Remedy, type Trouble, troubleText } from './trouble.ts';

/** Where backups are restored. */
const RESTORE = '#/restore';

const REMEDIES: Readonly<Record<Remedy, string>> = {
  retry: '重试',
  rebuild: '从日志重建',
  rebuildBeside: '从日志重建',
  salvage: '重建能读的部分',
  anew: '重新开始',
  restore: '恢复备份',
  restoreBeside: '恢复备份',
};

/** The page starts anew: a vault that is open stays open where the shell keeps its key. */
const apply = (remedy: Remedy) => {
  // Nothing is deleted: a database that does not open, or is damaged, stays where it is.
  if (remedy === 'rebuildBeside' || remedy === 'restoreBeside') setDatabaseAside();
  if (remedy !== 'retry') askRebuild();
  if (remedy === 'restore' || remedy === 'restoreBeside') location.hash = RESTORE;
  location.reload();
};

const Part = (props: { icon: ReactNode; title: string; children: ReactNode }) => (
  <section>
    <h2>
      {props.icon}
      {props.title}
    </h2>
    <p>{props.children}</p>
  </section>
);

export const RecoveryPage = (props: { trouble: Trouble; error: unknown; platform: Platform }) => {
  const { trouble, error, platform } = props;
  const { title, happened, safe, todo, remedies } = troubleText(trouble);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [saved, setSaved] = useState<string | null>(null);

  const saveDiagnostic = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const bytes = await diagnose(platform, trouble, error);
      const day = new Date().toISOString().slice(0, 10);
      setSaved(await platform.saveFile(`勘签诊断-${day}.json`, bytes, 'application/json'));
    } catch (reason) {
      setProblem(reason instanceof Error ? reason.message : String(reason));
    } finally {
      setBusy(false);
    }
  };

  return (
    <main className="recovery" data-trouble={trouble}>
      <div className="recovery-card">
        <h1>{title}</h1>
        <Part icon={<WarningOutlined />} title="发生了什么">
          {happened}
        </Part>
        <Part icon={<CheckCircleOutlined />} title="哪些内容是安全的">
          {safe}
        </Part>
        <Part icon={<RightCircleOutlined />} title="现在怎么做">
          {todo}
        </Part>
        {problem && <Alert type="error" showIcon title={problem} />}
        {saved && <Alert type="success" showIcon title={`诊断文件已保存：${saved}`} />}
        <footer>
          {remedies.map((remedy, i) => (
            <Button
              key={remedy}
              size="large"
              type={i === 0 ? 'primary' : 'default'}
              onClick={() => apply(remedy)}
            >
              {REMEDIES[remedy]}
            </Button>
          ))}
          <Button
            size="large"
            type="text"
            icon={<FileTextOutlined />}
            loading={busy}
            onClick={() => void saveDiagnostic()}
          >
            保存诊断文件
          </Button>
        </footer>
        <p className="recovery-note">
          诊断文件给维护人员看，只有版本、错误名称和文件大小，没有客户资料。
        </p>
      </div>
    </main>
  );
};
