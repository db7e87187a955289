import { LockOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useServices } from '../../services.tsx';

/** Locks at once; Ctrl+L does the same. */
export const LockButton = () => {
  const { locking } = useServices();
  return (
    <Button
      type="text"
      icon={<LockOutlined />}
      aria-label="锁定"
      title="锁定（Ctrl+L）"
      onClick={() => locking.lock()}
    />
  );
};
