/** What every screen of the office has around it. */
import { LeftOutlined } from '@ant-design/icons';
import { Alert, Button, Spin } from 'antd';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useAccount } from '../accounts/use-account.ts';
import type { Loaded } from './use-office.ts';
import './office.css';

export const Frame = (props: {
  title: string;
  back: string;
  tools?: ReactNode;
  children: ReactNode;
}) => (
  <div className="office">
    <header className="office-header">
      <Link href={props.back} className="header-link" aria-label="返回">
        <LeftOutlined />
      </Link>
      <h1>{props.title}</h1>
      {props.tools}
    </header>
    <main className="office-body">{props.children}</main>
  </div>
);

/** What to do when this device may not read. */
const Enrol = ({ message }: { message: string }) => {
  const account = useAccount();
  return (
    <div className="office-enrol">
      <h2>{account ? '这个账号不能看工单' : '先登录，才能看收到的工单'}</h2>
      <p>{message}</p>
      <Link href="/sign-in">
        <Button type="primary" size="large">
          {account ? '换一个账号登录' : '去登录'}
        </Button>
      </Link>
    </div>
  );
};

/** Loading, failure, or the value. */
export const Show = <T,>(props: {
  loaded: Loaded<T> & { again: () => void };
  children: (value: T) => ReactNode;
}) => {
  const { loaded } = props;
  if (loaded.state === 'loading')
    return (
      <Spin description="正在读取…">
        <div className="office-wait" />
      </Spin>
    );
  if (loaded.state === 'loaded') return props.children(loaded.value);
  if (loaded.enrol) return <Enrol message={loaded.message} />;
  return (
    <Alert
      type="error"
      showIcon
      title={loaded.message}
      action={<Button onClick={loaded.again}>重试</Button>}
    />
  );
};
