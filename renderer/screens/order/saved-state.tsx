import { CheckOutlined, LoadingOutlined, WarningFilled } from '@ant-design/icons';
import { useWorking } from '../../services.tsx';
import { useTypingHalf } from './half-typed.ts';
import { useOrder } from './open-order.tsx';

/** 已保存 only when everything typed is on disk; what could not be read is not. Why the disk refuses stands over the screen. */
export const SavedState = () => {
  const saving = useWorking((working) => working.saving);
  const { id, problems } = useOrder();
  const unread = problems.filter(({ code }) => code === 'half-typed').length;
  const typing = useTypingHalf(id);
  if (saving.state === 'failed')
    return (
      <div className="saved-state failed">
        <WarningFilled />
        保存失败
      </div>
    );
  return (
    <div className={`saved-state ${unread > 0 ? 'unread' : saving.state}`} role="status">
      {saving.state === 'saving' ? (
        <>
          <LoadingOutlined />
          正在保存
        </>
      ) : unread > 0 ? (
        <>
          <WarningFilled />
          {unread} 处未保存
        </>
      ) : typing ? (
        '输入中'
      ) : (
        <>
          <CheckOutlined />
          已保存
        </>
      )}
    </div>
  );
};
