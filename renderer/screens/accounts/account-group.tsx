import { App, Button, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import { Link } from 'wouter';
import { ROLES } from '../../../domain/accounts/roles.ts';
import { PASSWORD_LENGTH } from '../../../domain/accounts/wire.ts';
import { useServices } from '../../services.tsx';
import { Group } from '../order/group.tsx';
import { useAccount } from './use-account.ts';

interface Typed {
  readonly current: string;
  readonly next: string;
}

const ChangePassword = ({ close }: { close: () => void }) => {
  const { sync } = useServices();
  const { message } = App.useApp();
  const [form] = Form.useForm<Typed>();
  const save = async ({ current, next }: Typed) => {
    try {
      await sync.accounts.changePassword(current, next);
      message.success('密码已修改，其他设备须重新登录');
      close();
    } catch (error) {
      message.error(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <Modal open title="修改密码" okText="保存" onOk={form.submit} onCancel={close}>
      <Form form={form} name="password" layout="vertical" onFinish={save} requiredMark={false}>
        <Form.Item
          name="current"
          label="现在的密码"
          rules={[{ required: true, message: '请填写现在的密码' }]}
        >
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <Form.Item
          name="next"
          label="新密码"
          rules={[
            { required: true, message: '请填写新密码' },
            { min: PASSWORD_LENGTH.least, message: `至少 ${PASSWORD_LENGTH.least} 位` },
            { max: PASSWORD_LENGTH.most },
          ]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
      </Form>
    </Modal>
  );
};

/** Who is signed in on this device, and how that changes. */
export const AccountGroup = () => {
  const { sync } = useServices();
  const { modal } = App.useApp();
  const account = useAccount();
  const [changing, setChanging] = useState(false);
  const signOut = () =>
    modal.confirm({
      title: '退出登录？',
      content: '已存在本机的内容都保留，重新登录以后继续上传。',
      okText: '退出登录',
      onOk: () => sync.signOut(),
    });
  if (account === undefined) return null;
  if (account === null) {
    return (
      <Group title="登录" note="没有登录也能照常填写、签署和打印；登录以后，联网时自动上传">
        <p className="settings-account">
          <Link href="/sign-in">用密码登录</Link>
          <span>没有密码，请在下面输入管理员给的登记码。</span>
        </p>
      </Group>
    );
  }
  return (
    <Group title="登录">
      <p className="settings-account">
        <span>
          <strong>{account.owner}</strong>　{ROLES[account.role]}
          <small>
            {account.organisation.path.join(' / ')}；可离线使用 {account.offlineDays} 天
          </small>
        </span>
        <Button onClick={() => setChanging(true)}>修改密码</Button>
        <Button onClick={signOut}>退出登录</Button>
      </p>
      {changing && <ChangePassword close={() => setChanging(false)} />}
    </Group>
  );
};
