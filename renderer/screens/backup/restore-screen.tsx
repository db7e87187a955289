/** 从备份恢复: what there is, what it would change, and only then the change. */
import { FileOutlined, FolderOpenOutlined } from '@ant-design/icons';
import { Alert, Button, Input, Tag } from 'antd';
import { useCallback, useEffect, useId, useRef, useState } from 'react';
import { readBackupHeader } from '../../../domain/backup/format.ts';
import type { BackupHeader } from '../../../domain/backup/sections.ts';
import type { Keys } from '../../../domain/vault/keys.ts';
import {
  type BackupFileSource,
  backupInFile,
  type FoundBackup,
  type Restored,
  type RestorePlan,
} from '../../backup/restore.ts';
import { useServices, useWorking } from '../../services.tsx';
import { Group } from '../order/group.tsx';
import { Page } from '../order/page.tsx';
import './backup.css';
import { ChangeRow, planWords } from './changes.tsx';
import { useBackups, useNow } from './use-backups.ts';
import { sizeOf, whenOf } from './words.ts';

interface Chosen {
  readonly backup: BackupFileSource;
  readonly header: BackupHeader;
  readonly name: string;
}

type Step =
  | { readonly at: 'choose' }
  | { readonly at: 'code'; readonly chosen: Chosen }
  | { readonly at: 'reading'; readonly chosen: Chosen }
  | {
      readonly at: 'plan';
      readonly chosen: Chosen;
      readonly keys: Keys;
      readonly plan: RestorePlan;
    }
  | { readonly at: 'restoring'; readonly chosen: Chosen }
  | { readonly at: 'done'; readonly restored: Restored };

/** Orders that are listed: who reads more of them reads the numbers above. */
const LISTED = 500;

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

const BackupRow = (props: { found: FoundBackup; now: Date; onOpen: () => void }) => {
  const { backups } = useServices();
  const { path, size, header, problem } = props.found;
  const own = header !== null && backups.keysOf(header, null) !== null;
  return (
    <li>
      <div>
        <strong>{header ? whenOf(new Date(header.madeAt), props.now) : '打不开的文件'}</strong>
        <small>{path.split('/').at(-1)}</small>
      </div>
      <span className="what">
        {header ? `${header.orders} 份工单，${sizeOf(size)}` : problem}{' '}
        {header && !own && <Tag>别的电脑，需要恢复码</Tag>}
      </span>
      <Button disabled={!header} onClick={props.onOpen}>
        查看
      </Button>
    </li>
  );
};

const ChooseStep = (props: { onChoose: (backup: BackupFileSource, name: string) => void }) => {
  const { backups } = useServices();
  const { folder, allowed } = useBackups();
  const [found, setFound] = useState<readonly FoundBackup[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const now = useNow();
  const look = useCallback(async () => {
    setProblem(null);
    try {
      setFound(await backups.found());
    } catch (error) {
      setFound(null);
      setProblem(messageOf(error));
    }
  }, [backups]);
  useEffect(() => {
    if (folder !== null && allowed) void look();
  }, [folder, allowed, look]);
  const choose = async () => {
    if (await backups.chooseFolder()) await look();
  };
  return (
    <Group title="选择备份" note="先看会改动什么，再决定是否恢复">
      <div className="restore">
        {problem && (
          <Alert
            type="error"
            showIcon
            title={problem}
            action={<Button onClick={() => void look()}>再看一次</Button>}
          />
        )}
        {folder !== null && !allowed && (
          <Alert
            type="warning"
            showIcon
            title="浏览器要您允许一次，才能读取备份文件夹。"
            action={<Button onClick={() => void backups.allow()}>允许</Button>}
          />
        )}
        {found && found.length === 0 && <p>“{folder}”里没有备份。</p>}
        {found && found.length > 0 && (
          <ul className="restore-list">
            {found.map((each) => (
              <BackupRow
                key={each.path}
                found={each}
                now={now}
                onOpen={() => props.onChoose(backups.inFolder(each), each.path)}
              />
            ))}
          </ul>
        )}
        <div className="backup-actions">
          {backups.way === 'folder' && (
            <Button icon={<FolderOpenOutlined />} onClick={() => void choose()}>
              {folder === null ? '选择备份所在的文件夹' : '换一个文件夹'}
            </Button>
          )}
          <input
            ref={input}
            type="file"
            hidden
            accept=".backup"
            aria-label="备份文件"
            onChange={(event) => {
              const [file] = event.target.files ?? [];
              event.target.value = ''; // the same file can be chosen again
              if (file) props.onChoose(backupInFile(file), file.name);
            }}
          />
          <Button icon={<FileOutlined />} onClick={() => input.current?.click()}>
            打开下载的备份文件
          </Button>
        </div>
      </div>
    </Group>
  );
};

const CodeStep = (props: { chosen: Chosen; onKeys: (keys: Keys) => void }) => {
  const { backups } = useServices();
  const [code, setCode] = useState('');
  const [wrong, setWrong] = useState(false);
  const id = useId();
  const open = () => {
    const keys = backups.keysOf(props.chosen.header, code);
    if (keys) props.onKeys(keys);
    setWrong(!keys);
  };
  return (
    <Group title="输入恢复码" note="这个备份来自另一台电脑，或本机重装之前">
      <form className="restore" action={open}>
        <label htmlFor={id}>做这个备份的电脑第一次使用时打印或抄下的恢复码：</label>
        <div className="restore-code">
          <Input
            id={id}
            spellCheck={false}
            placeholder="XXXXX-XXXXX-XXXXX-XXXXX-XXXXX-XXXXX"
            value={code}
            onChange={(event) => setCode(event.target.value)}
          />
          <Button type="primary" htmlType="submit" disabled={code.trim() === ''}>
            打开备份
          </Button>
        </div>
        {wrong && (
          <p role="alert" className="error">
            恢复码不对，或不是这台电脑的。请逐组核对后再试，试多少次都不会损坏备份。
          </p>
        )}
      </form>
    </Group>
  );
};

const PlanStep = (props: { plan: RestorePlan; onRestore: () => void; onBack: () => void }) => {
  const { plan } = props;
  const isEmpty = useWorking(({ summaries }) => summaries.size === 0);
  const nothing = plan.changes.every(
    ({ difference: { taken, unsent, attachments } }) =>
      taken.length + unsent + attachments.length === 0,
  );
  return (
    <Group title="会改动什么" note="本机较新的内容一律保留，不会被备份里较旧的替换">
      <div className="restore">
        <p>{planWords(plan)}</p>
        {plan.changes.length > 0 && (
          <ul className="restore-list restore-changes">
            {plan.changes.slice(0, LISTED).map((change) => (
              <ChangeRow key={change.id} change={change} />
            ))}
          </ul>
        )}
        {plan.changes.length > LISTED && <p>另有 {plan.changes.length - LISTED} 份没有列出。</p>}
        <div className="backup-actions">
          <Button type="primary" disabled={nothing} onClick={props.onRestore}>
            {isEmpty ? '恢复' : '先备份本机，再恢复'}
          </Button>
          <Button onClick={props.onBack}>换一个备份</Button>
          {nothing && <span>备份里没有本机缺少的内容，不需要恢复。</span>}
        </div>
      </div>
    </Group>
  );
};

const Done = ({ restored }: { restored: Restored }) => (
  <Group title="恢复完成">
    <div className="restore">
      <Alert type="success" showIcon title={`已合并 ${restored.orders} 份工单。`} />
      {restored.lacking > 0 && (
        <Alert
          type="warning"
          showIcon
          title={`有 ${restored.lacking} 个附件的内容不在备份里，请在工单的“文书”中重新生成。`}
        />
      )}
      {restored.enrolAgain && (
        <Alert
          type="info"
          showIcon
          title="要继续上传，请在“设置”里用新的登记码登记本设备。没有上传的内容都在，登记后自动上传。"
        />
      )}
      <div className="backup-actions">
        <Button
          type="primary"
          onClick={() => {
            // Every screen begins anew with what is there now.
            location.hash = '#/';
            location.reload();
          }}
        >
          打开工单列表
        </Button>
      </div>
    </div>
  </Group>
);

export const RestoreScreen = () => {
  const { backups } = useServices();
  const [step, setStep] = useState<Step>({ at: 'choose' });
  const [problem, setProblem] = useState<string | null>(null);
  const now = useNow();

  const attempt = async (work: () => Promise<void>, back: Step) => {
    setProblem(null);
    try {
      await work();
    } catch (error) {
      setProblem(messageOf(error));
      setStep(back);
    }
  };
  const plan = (chosen: Chosen, keys: Keys) =>
    attempt(
      async () => {
        setStep({ at: 'reading', chosen });
        setStep({ at: 'plan', chosen, keys, plan: await backups.plan(chosen.backup, keys) });
      },
      { at: 'choose' },
    );
  const choose = (backup: BackupFileSource, name: string) =>
    attempt(
      async () => {
        const header = await readBackupHeader(backup.source);
        const chosen = { backup, header, name };
        const own = backups.keysOf(header, null);
        if (own) await plan(chosen, own);
        else setStep({ at: 'code', chosen });
      },
      { at: 'choose' },
    );
  const restore = (at: Extract<Step, { at: 'plan' }>) =>
    attempt(async () => {
      setStep({ at: 'restoring', chosen: at.chosen });
      setStep({ at: 'done', restored: await backups.restore(at.chosen.backup, at.keys) });
    }, at);

  return (
    <Page
      title="从备份恢复"
      back={{ href: '/settings', label: '回到设置' }}
      says={'chosen' in step && `${whenOf(new Date(step.chosen.header.madeAt), now)} 的备份`}
    >
      {problem && <Alert type="error" showIcon title={problem} />}
      {step.at === 'choose' && <ChooseStep onChoose={(...chosen) => void choose(...chosen)} />}
      {step.at === 'code' && (
        <CodeStep chosen={step.chosen} onKeys={(keys) => void plan(step.chosen, keys)} />
      )}
      {step.at === 'reading' && <p className="starting">正在核对备份…</p>}
      {step.at === 'plan' && (
        <PlanStep
          plan={step.plan}
          onRestore={() => void restore(step)}
          onBack={() => setStep({ at: 'choose' })}
        />
      )}
      {step.at === 'restoring' && <p className="starting">正在备份本机并恢复，请不要关闭窗口…</p>}
      {step.at === 'done' && <Done restored={step.restored} />}
    </Page>
  );
};
