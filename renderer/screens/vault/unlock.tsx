import { Button, Input } from 'antd';
import { type ReactNode, useEffect, useId, useState } from 'react';
import type { KeyFile } from '../../../domain/vault/key-file.ts';
import type { UnlockAnswer } from '../../vault/vault.ts';
import { triesLeft, waitLeft } from '../../vault/waits.ts';
import { VaultProblem } from './vault-card.tsx';

const KEYSTORE =
  '这台电脑的系统账户打不开口令锁（可能重装过系统或换过账户）。请用恢复码或联系后台重置。';

/** Seconds until the next PIN is taken, counted down. */
export const useWait = (wrongPins: KeyFile['wrongPins']): number => {
  const left = () =>
    Math.ceil(waitLeft(wrongPins, performance.timeOrigin + performance.now()) / 1000);
  const [seconds, setSeconds] = useState(left);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `left` reads the clock for these
  useEffect(() => {
    setSeconds(left());
    const timer = setInterval(() => setSeconds(left()), 500);
    return () => clearInterval(timer);
  }, [wrongPins.count, wrongPins.at]);
  return seconds;
};

const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;

const problemOf = (answer: UnlockAnswer | null, wrongPins: KeyFile['wrongPins']): string | null => {
  if (answer === 'keystore') return KEYSTORE;
  if (answer !== 'wrong') return null;
  const left = triesLeft(wrongPins);
  return left > 0 ? `口令不对。再错 ${left} 次就要等一会儿才能再试。` : '口令不对。';
};

/** Asks for the PIN. @param check what a typed PIN is given to */
export const PinForm = (props: {
  wrongPins: KeyFile['wrongPins'];
  label: string;
  action: string;
  check: (pin: string) => Promise<UnlockAnswer>;
  children?: ReactNode;
}) => {
  const { wrongPins } = props;
  const [pin, setPin] = useState('');
  const [answer, setAnswer] = useState<UnlockAnswer | null>(null);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const wait = useWait(wrongPins);
  const id = useId();
  const submit = async () => {
    setBusy(true);
    setFailure(null);
    try {
      setAnswer(await props.check(pin));
      setPin('');
    } catch (error) {
      setFailure(`没有打开：${error instanceof Error ? error.message : String(error)}`);
    } finally {
      setBusy(false);
    }
  };
  const problem = failure ?? problemOf(answer, wrongPins);
  return (
    <form action={submit}>
      <div className="vault-field">
        <label htmlFor={id}>{props.label}</label>
        <Input.Password
          id={id}
          size="large"
          autoFocus
          inputMode="numeric"
          maxLength={64}
          disabled={wait > 0}
          value={pin}
          onChange={(event) => setPin(event.target.value)}
        />
      </div>
      {problem && wait === 0 && <VaultProblem>{problem}</VaultProblem>}
      {wait > 0 && (
        <p role="alert" className="vault-wait">
          口令错了 {wrongPins.count} 次，请等 <b>{clock(wait)}</b> 再试。数据不会丢失。
        </p>
      )}
      <div className="vault-actions">
        {props.children}
        <Button
          htmlType="submit"
          type="primary"
          size="large"
          loading={busy}
          disabled={pin === '' || wait > 0}
        >
          {props.action}
        </Button>
      </div>
    </form>
  );
};
