import { Button, Input } from 'antd';
import { useId, useState } from 'react';
import { problemOfPin, SHORTEST_PIN } from '../../vault/pin.ts';
import { VaultProblem } from './vault-card.tsx';

/** Asks for a new PIN twice. @param onPin sets it; what it rejects with is shown */
export const SetPinForm = (props: { action: string; onPin: (pin: string) => Promise<void> }) => {
  const [pin, setPin] = useState('');
  const [again, setAgain] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const id = useId();
  const submit = async () => {
    const wrong =
      problemOfPin(pin) ?? (pin === again ? null : '两次输入的口令不一样，请重新输入。');
    setProblem(wrong);
    if (wrong) return;
    setBusy(true);
    try {
      await props.onPin(pin);
    } catch (error) {
      setProblem(`口令没有设好：${error instanceof Error ? error.message : String(error)}`);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form action={submit}>
      <div className="vault-field">
        <label htmlFor={`${id}-pin`}>新口令</label>
        <Input.Password
          id={`${id}-pin`}
          size="large"
          autoFocus
          inputMode="numeric"
          maxLength={64}
          value={pin}
          onChange={(event) => setPin(event.target.value)}
        />
        <small>至少 {SHORTEST_PIN} 位数字，也可以用字母</small>
      </div>
      <div className="vault-field">
        <label htmlFor={`${id}-again`}>再输一次</label>
        <Input.Password
          id={`${id}-again`}
          size="large"
          inputMode="numeric"
          maxLength={64}
          value={again}
          onChange={(event) => setAgain(event.target.value)}
        />
      </div>
      {problem && <VaultProblem>{problem}</VaultProblem>}
      <Button htmlType="submit" type="primary" size="large" loading={busy}>
        {props.action}
      </Button>
    </form>
  );
};
