import { Button, Empty, Popconfirm, Table, type TableColumnsType, Tag } from 'antd';
import dayjs from 'dayjs';
import type { SessionRow } from '../../../domain/accounts/wire.ts';
import type { TabProps } from './accounts-screen.tsx';

const when = (at: number) => dayjs(at).format('YYYY-MM-DD HH:mm');

/** Which devices are signed in, for whom, and when each was last heard of. */
export const DevicesTab = ({ accounts, pathOf, act }: TabProps) => {
  const users = new Map(accounts.users.map((user) => [user.id, user]));
  const columns: TableColumnsType<SessionRow> = [
    {
      title: '设备',
      render: (_, { deviceName, device }) => (
        <span className="accounts-name">
          {deviceName}
          <small>{device.slice(-12)}</small>
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
    { title: '登录时间', dataIndex: 'signedInAt', className: 'accounts-when', render: when },
    {
      title: '最近联系',
      dataIndex: 'lastContactAt',
      className: 'accounts-when',
      defaultSortOrder: 'descend',
      sorter: (a, b) => a.lastContactAt - b.lastContactAt,
      render: when,
    },
    {
      title: '状态',
      render: (_, { expired }) =>
        expired ? <Tag color="warning">须重新登录</Tag> : <Tag color="success">正常</Tag>,
    },
    {
      title: '',
      align: 'right',
      render: (_, { id, deviceName }) => (
        <Popconfirm
          title={`停用“${deviceName}”的登录？`}
          description="设备上已存的内容不受影响；要再上传，须重新登录。"
          okText="停用"
          okButtonProps={{ danger: true }}
          onConfirm={() => act((client) => client.endSession(id), '已停用这台设备的登录')}
        >
          <Button danger type="text">
            停用登录
          </Button>
        </Popconfirm>
      ),
    },
  ];
  return (
    <Table
      rowKey="id"
      size="middle"
      columns={columns}
      dataSource={accounts.sessions}
      pagination={{ pageSize: 50, hideOnSinglePage: true }}
      locale={{ emptyText: <Empty description="还没有设备登录" /> }}
    />
  );
};
