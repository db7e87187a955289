import { Button, Modal } from 'antd';
import type { Meeting } from './roster-paste.ts';

/** How many taken slots are named. */
const FEW = 8;

/** Asks what to do with pasted numbers whose slots are taken. */
export const RosterQuestion = (props: {
  count: number;
  taken: readonly number[];
  onAnswer: (answer: Meeting | 'cancel') => void;
}) => {
  const { count, taken, onAnswer } = props;
  const cancel = () => onAnswer('cancel');
  return (
    <Modal
      open
      title="有些序号已经有号码"
      onCancel={cancel}
      footer={[
        <Button key="cancel" onClick={cancel}>
          取消
        </Button>,
        <Button key="skip" onClick={() => onAnswer('skip')}>
          从下一个空位开始
        </Button>,
        <Button key="overwrite" type="primary" danger onClick={() => onAnswer('overwrite')}>
          覆盖
        </Button>,
      ]}
    >
      <p>
        {`要粘贴 ${count} 个号码，其中 ${taken.length} 个序号已被占用：${taken.slice(0, FEW).join('、')}`}
        {taken.length > FEW ? ' 等。' : '。'}
      </p>
      <p>“从下一个空位开始”依次填入空着的序号，已有的号码不动。</p>
    </Modal>
  );
};
