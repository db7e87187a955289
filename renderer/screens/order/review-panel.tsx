/** What the office says of the order: how its review stands, its remarks, and submitting it again. */
import { MessageFilled } from '@ant-design/icons';
import { App, Button } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import {
  placeOf,
  RESUBMITTED_FIELD,
  REVIEW_STATES,
  type Remark,
  type ReviewState,
  reviewOf,
} from '../../../domain/review/review.ts';
import { useWorking } from '../../services.tsx';
import { useOrder } from './open-order.tsx';
import { labelOf } from './words.ts';
import './review-panel.css';

const EXPLAINED: Readonly<Record<ReviewState, string>> = {
  uploaded: '',
  reviewing: '后台正在审核，可以继续修改，改动会一并送到。',
  returned: '请按下面的意见修改，改好后再次提交。没有网络也可以提交，联网后自动送到。',
  resubmitted: '已再次提交，等待后台审核。',
  passed: '后台已审核通过。',
};

/** The review of the open order; nothing before there is one. */
export const ReviewPanel = ({ go }: { go: (field: string) => void }) => {
  const open = useOrder();
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  const head = useWorking((working) => working.records.get(open.id)?.get(open.id));
  const review = head && reviewOf(head.values);
  if (!review) return null;
  const { state, round, by, at, remarks } = review;
  const submit = async () => {
    setBusy(true);
    try {
      const edit = { record: open.id, order: open.id, field: RESUBMITTED_FIELD, value: round };
      await open.commit([edit]);
      message.success('已再次提交。');
    } catch (error) {
      message.error(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="review-panel" data-review={state} aria-label="审核">
      <h3>
        第 {round} 轮审核：{REVIEW_STATES[state]}
      </h3>
      <small>
        {by} · {dayjs(at).format('M月D日 HH:mm')}
      </small>
      <p>{EXPLAINED[state]}</p>
      {remarks.length > 0 && (
        <ul>
          {remarks.map((remark) => (
            <RemarkEntry key={JSON.stringify(remark)} remark={remark} go={go} />
          ))}
        </ul>
      )}
      {state === 'returned' && (
        <Button type="primary" block loading={busy} onClick={submit}>
          已改好，再次提交
        </Button>
      )}
    </section>
  );
};

const RemarkEntry = ({ remark, go }: { remark: Remark; go: (field: string) => void }) => {
  const open = useOrder();
  const place = placeOf(remark, open.id, open);
  if (!place) {
    return (
      <li className="review-remark">
        <b>{place === '' ? '整份工单' : '已移除的一行'}</b>
        {remark.text}
      </li>
    );
  }
  return (
    <li>
      <button type="button" className="checklist-entry warning" onClick={() => go(place)}>
        <MessageFilled />
        <span>
          <b>{labelOf(place)}</b>：{remark.text}
        </span>
      </button>
    </li>
  );
};
