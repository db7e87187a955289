import { Alert, Form, Input, Modal, Radio, Select } from 'antd';
import {
  HOME_OF_ROLE,
  ORGANISATION_KINDS,
  ROLES,
  type Role,
} from '../../../domain/accounts/roles.ts';
import { PASSWORD_LENGTH, type UserRow, usernameSchema } from '../../../domain/accounts/wire.ts';
import type { TabProps } from './accounts-screen.tsx';
import { useAccount } from './use-account.ts';

interface Typed {
  readonly username: string;
  readonly name: string;
  readonly role: Role;
  readonly organisation: string;
  readonly password?: string;
}

const ROLE_NAMES = Object.keys(ROLES) as Role[];

const RIGHTS: Readonly<Record<Role, string>> = {
  installer: '装维：填写并查看本班组的工单',
  reviewer: '审核：查看并审核本分公司的工单',
  administrator: '管理：管理本机构的人员、机构和设备，看不到工单',
};

/** A new person, or what changes about one. */
export const UserForm = (props: TabProps & { user: UserRow | 'new'; close: () => void }) => {
  const { accounts, pathOf, act, close } = props;
  const user = props.user === 'new' ? null : props.user;
  const [form] = Form.useForm<Typed>();
  const account = useAccount();
  const own = user !== null && user.id === account?.user;
  const role = Form.useWatch('role', form) ?? user?.role ?? 'installer';
  const organisation = Form.useWatch('organisation', form);
  const places = accounts.organisations.filter(({ kind }) =>
    HOME_OF_ROLE[role].some((one) => one === kind),
  );
  const moved = user && (role !== user.role || organisation !== user.organisation);

  const save = async ({ password, username, ...typed }: Typed) => {
    const given = { ...(own ? { name: typed.name } : typed), ...(password && { password }) };
    const done = user
      ? await act((client) => client.changeUser(user.id, given), '已保存')
      : await act(
          (client) =>
            client.addUser({
              ...typed,
              username: username.trim().toLowerCase(),
              ...(password && { password }),
            }),
          '已新增',
        );
    if (done) close();
  };
  return (
    <Modal
      open
      title={user ? `修改“${user.name}”` : '新增人员'}
      okText="保存"
      width={680}
      centered
      onOk={form.submit}
      onCancel={close}
    >
      <Form
        className="accounts-form"
        form={form}
        name="user"
        layout="vertical"
        onFinish={save}
        initialValues={user ?? { role: 'installer' }}
        requiredMark={false}
      >
        <div className="accounts-pair">
          <Form.Item
            name="name"
            label="姓名"
            rules={[{ required: true, whitespace: true, message: '请填写姓名' }, { max: 60 }]}
          >
            <Input autoComplete="off" />
          </Form.Item>
          <Form.Item
            name="username"
            label="用户名"
            extra={user ? undefined : '如工号、手机号'}
            rules={[
              {
                validator: async (_, typed) => {
                  if (!usernameSchema.safeParse(typed).success) {
                    throw new Error('请用 3 至 30 位小写字母、数字、点或横线');
                  }
                },
              },
            ]}
          >
            <Input autoComplete="off" autoCapitalize="off" disabled={user !== null} />
          </Form.Item>
        </div>
        <Form.Item name="role" label="角色" extra={RIGHTS[role]}>
          <Radio.Group
            disabled={own}
            optionType="button"
            options={ROLE_NAMES.map((value) => ({ value, label: ROLES[value] }))}
            onChange={() => form.setFieldValue('organisation', undefined)}
          />
        </Form.Item>
        <div className="accounts-pair">
          <Form.Item
            name="organisation"
            label={HOME_OF_ROLE[role].map((kind) => ORGANISATION_KINDS[kind]).join('或')}
            rules={[{ required: true, message: '请选择所在的机构' }]}
          >
            <Select
              disabled={own}
              showSearch={{ optionFilterProp: 'label' }}
              options={places.map(({ id }) => ({ value: id, label: pathOf(id) }))}
              notFoundContent="还没有这一级的机构，请先在“机构”里新增"
            />
          </Form.Item>
          <Form.Item
            name="password"
            label={user ? '重设密码' : '初始密码'}
            extra={user ? '不填则不变' : '可以不填，改用登记码登记设备'}
            rules={[
              { min: PASSWORD_LENGTH.least, message: `至少 ${PASSWORD_LENGTH.least} 位` },
              { max: PASSWORD_LENGTH.most },
            ]}
          >
            <Input.Password autoComplete="new-password" />
          </Form.Item>
        </div>
        {moved && (
          <Alert
            type="info"
            showIcon
            title="更换角色或机构后，此人须在各台设备上重新登录；原班组的工单仍归原班组。"
          />
        )}
      </Form>
    </Modal>
  );
};
