import { LockOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useServices } from '../../services.tsx';

/** Locks at once; Ctrl+L does the same. @param named with its name beside the icon */
export const LockButton = ({ named = false }: { named?: boolean }) => {
  const { locking } = useServices();
  return (
    <Button
      type="text"
      icon={<LockOutlined />}
      aria-label="锁定"
      title="锁定（Ctrl+L）"
      onClick={() => locking.lock()}
    >
      {named && '锁定'}
    </Button>
  );
};
