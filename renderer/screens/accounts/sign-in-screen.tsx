import { LockOutlined, UserOutlined } from '@ant-design/icons';
import { Alert, Button, Input } from 'antd';
import { useEffect, useId, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { Role } from '../../../domain/accounts/roles.ts';
import { useServices } from '../../services.tsx';
import './accounts.css';

/** Where people of each role begin. */
const START: Readonly<Record<Role, string>> = {
  installer: '/',
  reviewer: '/office',
  administrator: '/accounts',
};

/** `#/sign-in`: user name and password, for this device or browser. */
export const SignInScreen = () => {
  const { platform, store, sync } = useServices();
  const [, go] = useLocation();
  const [typed, setTyped] = useState({ username: '', password: '' });
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [hasService, setHasService] = useState(true);
  const id = useId();
  useEffect(() => {
    void platform.config().then(({ service }) => setHasService(service !== null));
  }, [platform]);

  const signIn = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await sync.signIn(typed.username, typed.password);
      const account = await store.sealed.account();
      go(account ? START[account.role] : '/');
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  };
  return (
    <main className="sign-in">
      <form className="sign-in-card" action={signIn}>
        <h1>
          <img src="./icon.svg" alt="" width="40" height="40" />
          登录勘签
        </h1>
        <p>
          登录之后，本设备的工单自动上传。
          <br />
          没有网络也可以照常使用。
        </p>
        {!hasService && (
          <Alert
            type="warning"
            title={
              <>
                还没有设置同步服务的地址，请先在<Link href="/settings">设置</Link>里填写。
              </>
            }
          />
        )}
        <label htmlFor={`${id}-username`}>用户名</label>
        <Input
          id={`${id}-username`}
          size="large"
          prefix={<UserOutlined />}
          autoComplete="username"
          autoCapitalize="off"
          spellCheck={false}
          autoFocus
          value={typed.username}
          onChange={(event) => setTyped({ ...typed, username: event.target.value })}
        />
        <label htmlFor={`${id}-password`}>密码</label>
        <Input.Password
          id={`${id}-password`}
          size="large"
          prefix={<LockOutlined />}
          autoComplete="current-password"
          value={typed.password}
          onChange={(event) => setTyped({ ...typed, password: event.target.value })}
        />
        {problem && <Alert type="error" showIcon title={problem} role="alert" />}
        <Button
          type="primary"
          size="large"
          block
          htmlType="submit"
          loading={busy}
          disabled={typed.username.trim() === '' || typed.password === ''}
        >
          登录
        </Button>
        <footer>
          <Link href="/settings">用登记码登记</Link>
          <Link href="/">先不登录，直接填写</Link>
        </footer>
      </form>
      <p className="sign-in-help">忘了密码，请找管理员重设。</p>
    </main>
  );
};
