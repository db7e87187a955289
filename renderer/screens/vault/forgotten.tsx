import { Button, Input, Segmented } from 'antd';
import { type ReactNode, useEffect, useId, useState } from 'react';
import type { KeyFile } from '../../../domain/vault/key-file.ts';
import type { Platform } from '../../platform/platform.ts';
import { createHttp } from '../../sync/http.ts';
import { createService } from '../../sync/service.ts';
import type { Vault } from '../../vault/vault.ts';
import { VaultProblem } from './vault-card.tsx';

const WAYS = { recovery: '恢复码', office: '后台重置' } as const;
type Way = keyof typeof WAYS;

interface Parts {
  readonly vault: Vault;
  readonly platform: Platform;
  readonly file: KeyFile;
  /** Back to the PIN; null where there is none. */
  readonly onBack: (() => void) | null;
}

const Back = ({ onBack }: Pick<Parts, 'onBack'>) =>
  onBack && (
    <Button type="link" className="vault-link" onClick={onBack}>
      返回
    </Button>
  );

/** Asks for a code; a new PIN follows when it opens the vault. */
const CodeForm = (props: {
  label: string;
  action: string;
  wrong: string;
  open: (code: string) => Promise<boolean>;
  onBack: (() => void) | null;
  children: ReactNode;
}) => {
  const [code, setCode] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const id = useId();
  const submit = async () => {
    setBusy(true);
    try {
      setProblem((await props.open(code.trim())) ? null : props.wrong);
    } catch (error) {
      setProblem(`没有打开：${error instanceof Error ? error.message : String(error)}`);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form action={submit}>
      {props.children}
      <div className="vault-field">
        <label htmlFor={id}>{props.label}</label>
        <Input
          id={id}
          className="vault-code"
          size="large"
          autoFocus
          spellCheck={false}
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
      </div>
      {problem && <VaultProblem>{problem}</VaultProblem>}
      <div className="vault-actions">
        <Back onBack={props.onBack} />
        <Button
          htmlType="submit"
          type="primary"
          size="large"
          loading={busy}
          disabled={code.trim() === ''}
        >
          {props.action}
        </Button>
      </div>
    </form>
  );
};

const ByRecoveryCode = ({ vault, onBack }: Parts) => (
  <CodeForm
    label="恢复码"
    action="用恢复码打开"
    wrong="恢复码不对，请对照纸上的内容再输一次。"
    open={vault.recover}
    onBack={onBack}
  >
    <p>输入第一次使用时打印或抄下的恢复码，共六组。大小写和短横线都可以不管。</p>
  </CodeForm>
);

const ByOffice = ({ vault, platform, file, onBack }: Parts) => {
  const [service, setService] = useState<string | null>(null);
  useEffect(() => {
    void platform.config().then((config) => setService(config.service));
  }, [platform]);
  const { office } = file;
  if (!office || office.undelivered !== null || !service) {
    return (
      <>
        <p>这台设备还没有在后台登记过，后台不能重置它的口令。请用恢复码打开。</p>
        <div className="vault-actions">
          <Back onBack={onBack} />
        </div>
      </>
    );
  }
  const open = async (code: string) =>
    vault.recoverByOffice(
      await createService(createHttp(service, null)).unlock(office.device, code),
    );
  return (
    <CodeForm
      label="重置码"
      action="用重置码打开"
      wrong="这个重置码打不开本设备，请联系后台。"
      open={open}
      onBack={onBack}
    >
      <p>需要联网。请联系后台，报上您的姓名或下面的设备编号；后台给您的重置码只能用一次。</p>
      <p className="vault-device">
        设备编号 <code>{office.device}</code>
      </p>
    </CodeForm>
  );
};

/** The ways in without the PIN. */
export const Forgotten = (props: Parts) => {
  const [way, setWay] = useState<Way>('recovery');
  return (
    <>
      <Segmented<Way>
        block
        size="large"
        options={[
          { value: 'recovery', label: WAYS.recovery },
          { value: 'office', label: WAYS.office },
        ]}
        value={way}
        onChange={setWay}
      />
      {way === 'recovery' ? <ByRecoveryCode {...props} /> : <ByOffice {...props} />}
    </>
  );
};
