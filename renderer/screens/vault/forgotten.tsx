import { Button, Input } from 'antd';
import { useId, useState } from 'react';
import type { Vault } from '../../vault/vault.ts';
import { VaultProblem } from './vault-card.tsx';

/** The ways in without the PIN. */
export const Forgotten = (props: { vault: Vault; onBack: () => void }) => {
  const { vault } = props;
  const [code, setCode] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const id = useId();
  const submit = async () => {
    setBusy(true);
    try {
      const open = await vault.recover(code);
      setProblem(open ? null : '恢复码不对，请对照纸上的内容再输一次。');
    } catch (error) {
      setProblem(`没有打开：${error instanceof Error ? error.message : String(error)}`);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form action={submit}>
      <div className="vault-field">
        <label htmlFor={id}>恢复码</label>
        <Input
          id={id}
          size="large"
          autoFocus
          autoComplete="off"
          spellCheck={false}
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
      </div>
      {problem && <VaultProblem>{problem}</VaultProblem>}
      <div className="vault-actions">
        <Button type="link" className="vault-forgotten" onClick={props.onBack}>
          返回
        </Button>
        <Button
          htmlType="submit"
          type="primary"
          size="large"
          loading={busy}
          disabled={code.trim() === ''}
        >
          用恢复码打开
        </Button>
      </div>
    </form>
  );
};
