import { App, Button, Empty, Table, type TableColumnsType, Tag } from 'antd';
import dayjs from 'dayjs';
import type { DeviceRow, SessionRow } from '../../../domain/accounts/wire.ts';
import { useServices } from '../../services.tsx';
import type { TabProps } from './accounts-screen.tsx';

const when = (at: number) => dayjs(at).format('YYYY-MM-DD HH:mm');

/** A device, and its session while somebody is signed in on it. */
interface Row extends DeviceRow {
  readonly session: SessionRow | undefined;
}

const State = ({ session, wipeOrderedAt, wipedAt }: Row) => {
  if (wipedAt !== null) return <Tag>已清除 {when(wipedAt)}</Tag>;
  if (wipeOrderedAt !== null) return <Tag color="error">下次联系时清除</Tag>;
  if (!session) return <Tag>没有登录</Tag>;
  return session.expired ? <Tag color="warning">须重新登录</Tag> : <Tag color="success">正常</Tag>;
};

/** All devices: for whom each is signed in, when it was last heard of, and what to do when it is lost. */
export const DevicesTab = ({ accounts, pathOf, act }: TabProps) => {
  const { sync } = useServices();
  const { modal, message } = App.useApp();
  const users = new Map(accounts.users.map((user) => [user.id, user]));
  const sessions = new Map(accounts.sessions.map((session) => [session.device, session]));
  const rows = accounts.devices.map(
    (device): Row => ({ ...device, session: sessions.get(device.id) }),
  );

  const end = ({ name, session }: Row) =>
    session &&
    modal.confirm({
      title: `停用“${name}”的登录？`,
      content: '设备上已存的内容不受影响；要再上传，须重新登录。',
      okText: '停用',
      okButtonProps: { danger: true },
      onOk: () => act((client) => client.endSession(session.id), '已停用这台设备的登录'),
    });
  const wipe = ({ id, name }: Row) =>
    modal.confirm({
      title: `清除“${name}”上的全部内容？`,
      content:
        '用于遗失的设备：它下次联网时销毁本机的全部内容，锁着也一样，没有上传的内容只能从备份找回。执行之前可以取消。',
      okText: '清除',
      okButtonProps: { danger: true },
      onOk: () => act((client) => client.wipeDevice(id, false), '已要求清除'),
    });
  const showCode = async ({ id, name }: Row) => {
    try {
      const code = await sync.accounts.makeUnlockCode(id);
      modal.info({
        title: `“${name}”的口令重设码`,
        content: (
          <>
            <p className="accounts-code">{code}</p>
            <p>
              请核实对方身份后告诉本人，在设备上“忘记口令”里输入。一小时内有效；关闭以后不再显示。
            </p>
          </>
        ),
        okText: '知道了',
      });
    } catch (error) {
      message.error(error instanceof Error ? error.message : String(error));
    }
  };

  const columns: TableColumnsType<Row> = [
    {
      title: '设备',
      render: (_, { name, id }) => (
        <span className="accounts-name">
          {name}
          <small>{id.slice(-12)}</small>
        </span>
      ),
    },
    {
      title: '使用人',
      render: (_, { user }) => (
        <span className="accounts-name">
          {users.get(user)?.name}
          <small>{pathOf(users.get(user)?.organisation ?? '')}</small>
        </span>
      ),
    },
    {
      title: '最近联系',
      dataIndex: 'contactAt',
      className: 'accounts-when',
      defaultSortOrder: 'descend',
      sorter: (a, b) => (a.contactAt ?? 0) - (b.contactAt ?? 0),
      render: (at: number | null) => (at === null ? '' : when(at)),
    },
    { title: '状态', render: (_, row) => <State {...row} /> },
    {
      title: '',
      align: 'right',
      className: 'accounts-actions',
      render: (_, row) => (
        <>
          <Button type="text" disabled={!row.canUnlock} onClick={() => showCode(row)}>
            口令重设码
          </Button>
          <Button danger type="text" disabled={!row.session} onClick={() => end(row)}>
            停用登录
          </Button>
          {row.wipeOrderedAt === null ? (
            <Button danger type="text" onClick={() => wipe(row)}>
              清除
            </Button>
          ) : (
            <Button
              type="text"
              disabled={row.wipedAt !== null}
              onClick={() => act((client) => client.wipeDevice(row.id, true), '已取消清除')}
            >
              取消清除
            </Button>
          )}
        </>
      ),
    },
  ];
  return (
    <Table
      rowKey="id"
      size="middle"
      columns={columns}
      dataSource={rows}
      pagination={{ pageSize: 50, hideOnSinglePage: true }}
      locale={{ emptyText: <Empty description="还没有设备登录过" /> }}
    />
  );
};
