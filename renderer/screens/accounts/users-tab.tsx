import { PlusOutlined, SearchOutlined } from '@ant-design/icons';
import { App, Button, Empty, Input, Table, type TableColumnsType, Tag } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { ROLES } from '../../../domain/accounts/roles.ts';
import type { UserRow } from '../../../domain/accounts/wire.ts';
import { useServices } from '../../services.tsx';
import type { TabProps } from './accounts-screen.tsx';
import { useAccount } from './use-account.ts';
import { UserForm } from './user-form.tsx';

const ROLE_COLORS = { installer: 'blue', reviewer: 'purple', administrator: 'geekblue' } as const;

/** Who there is, what each may do and where. */
export const UsersTab = (props: TabProps) => {
  const { accounts, pathOf, act } = props;
  const { sync } = useServices();
  const { modal, message } = App.useApp();
  const account = useAccount();
  const [search, setSearch] = useState('');
  /** `new`, or who is being changed. */
  const [editing, setEditing] = useState<UserRow | 'new' | null>(null);
  const wanted = search.trim().toLowerCase();
  const shown = accounts.users.filter((user) =>
    [user.name, user.username, pathOf(user.organisation)].some((text) =>
      text.toLowerCase().includes(wanted),
    ),
  );
  const lastContact = ({ id }: UserRow) =>
    Math.max(0, ...accounts.sessions.flatMap((one) => (one.user === id ? one.lastContactAt : [])));

  const showCode = async ({ id, name }: UserRow) => {
    try {
      const code = await sync.accounts.makeCode(id);
      modal.info({
        title: `${name}的登记码`,
        content: (
          <>
            <p className="accounts-code">{code}</p>
            <p>在设备的“设置”里输入。只能用一次，7 天内有效；关闭以后不再显示。</p>
          </>
        ),
        okText: '知道了',
      });
    } catch (error) {
      message.error(error instanceof Error ? error.message : String(error));
    }
  };
  const setActive = ({ id, name, active }: UserRow) =>
    modal.confirm({
      title: active ? `停用“${name}”？` : `重新启用“${name}”？`,
      content: active
        ? '停用以后不能登录，已登录的设备不能再上传；做过的内容都保留。'
        : '启用以后可以用原来的密码登录。',
      okText: active ? '停用' : '启用',
      okButtonProps: { danger: active },
      onOk: () =>
        act(
          (client) => client.changeUser(id, { active: !active }),
          active ? '已停用' : '已重新启用',
        ),
    });

  const columns: TableColumnsType<UserRow> = [
    {
      title: '姓名',
      render: (_, { name, username, active }) => (
        <span className="accounts-name">
          {name} {!active && <Tag>已停用</Tag>}
          <small>{username}</small>
        </span>
      ),
    },
    {
      title: '角色',
      dataIndex: 'role',
      render: (role: UserRow['role']) => <Tag color={ROLE_COLORS[role]}>{ROLES[role]}</Tag>,
    },
    { title: '所在机构', dataIndex: 'organisation', render: pathOf },
    {
      title: '最近联系',
      className: 'accounts-when',
      render: (_, user) => {
        const at = lastContact(user);
        return at > 0 ? (
          dayjs(at).format('YYYY-MM-DD HH:mm')
        ) : (
          <span className="accounts-faint">没有登录</span>
        );
      },
    },
    {
      title: '',
      align: 'right',
      className: 'accounts-actions',
      render: (_, user) => (
        <>
          <Button type="text" onClick={() => setEditing(user)}>
            修改
          </Button>
          <Button type="text" disabled={!user.active} onClick={() => showCode(user)}>
            登记码
          </Button>
          <Button
            type="text"
            danger={user.active}
            disabled={user.id === account?.user}
            onClick={() => setActive(user)}
          >
            {user.active ? '停用' : '启用'}
          </Button>
        </>
      ),
    },
  ];
  return (
    <>
      <div className="accounts-tools">
        <Input
          aria-label="搜索人员"
          prefix={<SearchOutlined />}
          placeholder="搜索姓名、用户名、机构"
          allowClear
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing('new')}>
          新增人员
        </Button>
      </div>
      <Table
        rowKey="id"
        size="middle"
        columns={columns}
        dataSource={shown}
        rowClassName={({ active }) => (active ? '' : 'accounts-left')}
        pagination={{ pageSize: 50, hideOnSinglePage: true }}
        locale={{ emptyText: <Empty description={wanted ? '没有找到' : '还没有人员'} /> }}
      />
      {editing && <UserForm {...props} user={editing} close={() => setEditing(null)} />}
    </>
  );
};
