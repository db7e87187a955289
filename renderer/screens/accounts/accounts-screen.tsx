/** 管理: people, teams and signed-in devices of the administrator's own organisation and below. */
import { LeftOutlined, ReloadOutlined } from '@ant-design/icons';
import { Alert, App, Button, Spin, Tabs } from 'antd';
import { useCallback, useMemo } from 'react';
import { Link } from 'wouter';
import type { Accounts } from '../../../domain/accounts/wire.ts';
import { useServices } from '../../services.tsx';
import type { AccountsClient } from '../../sync/accounts.ts';
import { useLoaded } from '../office/use-office.ts';
import { DevicesTab } from './devices-tab.tsx';
import { OrganisationsTab } from './organisations-tab.tsx';
import { useAccount } from './use-account.ts';
import { UsersTab } from './users-tab.tsx';
import './accounts.css';

/** What each tab works with. */
export interface TabProps {
  readonly accounts: Accounts;
  /** An organisation's name with those above it. */
  readonly pathOf: (organisation: string) => string;
  /** Does something at the service, says that it is done or why not, and reads everything anew. */
  readonly act: (work: (client: AccountsClient) => Promise<void>, done: string) => Promise<boolean>;
}

const pathsOf = ({ organisations }: Accounts): ReadonlyMap<string, string> => {
  const paths = new Map<string, string>();
  // Parents come before what is below them.
  for (const { id, parent, name } of organisations) {
    const above = paths.get(parent ?? '');
    paths.set(id, above ? `${above} / ${name}` : name);
  }
  return paths;
};

const Loaded = ({ accounts, again }: { accounts: Accounts; again: () => void }) => {
  const { sync } = useServices();
  const { message } = App.useApp();
  const paths = useMemo(() => pathsOf(accounts), [accounts]);
  const props: TabProps = {
    accounts,
    pathOf: (organisation) => paths.get(organisation) ?? '',
    act: async (work, done) => {
      try {
        await work(sync.accounts);
        if (done) message.success(done);
        again();
        return true;
      } catch (error) {
        message.error(error instanceof Error ? error.message : String(error));
        return false;
      }
    },
  };
  const left = accounts.users.filter(({ active }) => !active).length;
  return (
    <Tabs
      items={[
        {
          key: 'users',
          label: `人员 ${accounts.users.length - left}`,
          children: <UsersTab {...props} />,
        },
        {
          key: 'organisations',
          label: `机构 ${accounts.organisations.length}`,
          children: <OrganisationsTab {...props} />,
        },
        {
          key: 'devices',
          label: `设备 ${accounts.devices.length}`,
          children: <DevicesTab {...props} />,
        },
      ]}
    />
  );
};

/** `#/accounts`. */
export const AccountsScreen = () => {
  const { sync } = useServices();
  const account = useAccount();
  const loaded = useLoaded(useCallback(() => sync.accounts.list(), [sync]));
  return (
    <div className="accounts">
      <header className="accounts-header">
        <Link href="/" className="header-link" aria-label="返回">
          <LeftOutlined />
        </Link>
        <h1>管理</h1>
        {account && (
          <span className="accounts-who">
            {account.organisation.path.join(' / ')}　{account.owner}
          </span>
        )}
        <Button icon={<ReloadOutlined />} onClick={loaded.again}>
          刷新
        </Button>
      </header>
      <main className="accounts-body">
        {loaded.state === 'loading' && (
          <Spin description="正在读取…">
            <div className="accounts-wait" />
          </Spin>
        )}
        {loaded.state === 'loaded' && <Loaded accounts={loaded.value} again={loaded.refresh} />}
        {loaded.state === 'failed' && (
          <Alert
            type={loaded.enrol ? 'info' : 'error'}
            showIcon
            title={loaded.enrol ? '这里只有管理员可以使用' : loaded.message}
            description={loaded.enrol ? loaded.message : undefined}
            action={
              loaded.enrol ? (
                <Link href="/sign-in">用管理员账号登录</Link>
              ) : (
                <Button onClick={loaded.again}>重试</Button>
              )
            }
          />
        )}
      </main>
    </div>
  );
};
