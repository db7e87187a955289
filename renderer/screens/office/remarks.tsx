/** Remarks while an order is under review: at the value they are about, and the means to make one. */
import { CloseOutlined, CommentOutlined } from '@ant-design/icons';
import { App, Button, Input, Popover } from 'antd';
import { createContext, use, useState } from 'react';
import { REVIEW_LIMITS, type Remark } from '../../../domain/review/review.ts';

export interface Remarks {
  readonly all: readonly Remark[];
  /** Absent while nobody may make any: the round is another's, or decided. */
  readonly change?: ((remarks: readonly Remark[]) => void) | undefined;
}

const Context = createContext<Remarks>({ all: [] });
export const RemarksProvider = Context;

const same = (a: Remark, b: Omit<Remark, 'text'>) => a.record === b.record && a.field === b.field;

/** The remarks about a field of a record (null: of all of it), and a button to make one. */
export const Pin = (props: { record: string; field: string | null; label: string }) => {
  const { record, field, label } = props;
  const { all, change } = use(Context);
  const mine = all.filter((remark) => same(remark, { record, field }));
  if (mine.length === 0 && !change) return null;
  return (
    <>
      {change && <AddRemark {...props} />}
      {mine.map((remark) => (
        <span key={remark.text} className="office-remark">
          {remark.text}
          {change && (
            <Button
              type="text"
              size="small"
              icon={<CloseOutlined />}
              aria-label={`删除对“${label}”的意见`}
              onClick={() => change(all.filter((each) => each !== remark))}
            />
          )}
        </span>
      ))}
    </>
  );
};

/** @param named says in words what it is for, where it stands for itself */
export const AddRemark = (props: {
  record: string;
  field: string | null;
  label: string;
  named?: boolean;
}) => {
  const { record, field, label, named } = props;
  const { all, change } = use(Context);
  const { message } = App.useApp();
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  const add = () => {
    const remark = { record, field, text: text.trim() };
    if (all.length >= REVIEW_LIMITS.remarks) {
      message.error(`一轮最多 ${REVIEW_LIMITS.remarks} 条意见，请合并后再写。`);
      return;
    }
    if (remark.text === '') return;
    if (!all.some((each) => same(each, remark) && each.text === remark.text)) {
      change?.([...all, remark]);
    }
    setText('');
    setOpen(false);
  };
  return (
    <Popover
      trigger="click"
      open={open}
      onOpenChange={setOpen}
      title={`对“${label}”的意见`}
      content={
        <div className="office-remark-form">
          <Input.TextArea
            autoFocus
            rows={3}
            maxLength={REVIEW_LIMITS.remarkText}
            aria-label={`对“${label}”的意见`}
            placeholder="写明哪里不对、怎么改"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <Button type="primary" disabled={text.trim() === ''} onClick={add}>
            添加意见
          </Button>
        </div>
      }
    >
      {named ? (
        <Button icon={<CommentOutlined />}>对“{label}”提意见</Button>
      ) : (
        <Button
          type="text"
          size="small"
          className="office-pin"
          icon={<CommentOutlined />}
          aria-label={`对“${label}”提意见`}
        />
      )}
    </Popover>
  );
};
