/** The review of a received order: its rounds, taking it up, deciding, comparing with the round before. */
import { CloseOutlined } from '@ant-design/icons';
import { Alert, App, Button, Drawer, Select, Table } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { FACT_KEYS, factDefinition } from '../../../domain/order/dictionary.ts';
import { placeOf, REVIEW_STATES, type Remark } from '../../../domain/review/review.ts';
import type { Round, Rounds } from '../../../domain/review/wire.ts';
import type { AssembledOrder } from '../../../domain/sync/assemble.ts';
import { useServices } from '../../services.tsx';
import { labelOf } from '../order/words.ts';
import { type Difference, differencesOf } from './compare.ts';
import { receivedOrder } from './received.ts';
import { AddRemark, type Remarks } from './remarks.tsx';
import { ReviewTag } from './review-tag.tsx';

const timeText = (at: number) => dayjs(at).format('M月D日 HH:mm');

/** What a reviewer can do with a round that is open. */
export interface Deciding {
  readonly busy: boolean;
  /** Why the last step was not taken; null when it was. */
  readonly problem: string | null;
  /** Absent for whoever only reads. */
  readonly start?: (() => void) | undefined;
  readonly decide?: ((decision: 'passed' | 'returned') => void) | undefined;
}

export const ReviewCard = (props: {
  id: string;
  now: AssembledOrder;
  rounds: Rounds;
  remarks: Remarks;
  deciding: Deciding;
}) => {
  const { id, now, rounds, remarks, deciding } = props;
  const { modal } = App.useApp();
  const last = rounds.rounds.at(-1);
  const isOpen = last !== undefined && last.decidedAt === null;
  const { start, decide, busy, problem } = deciding;
  const isWaiting = rounds.state === 'uploaded' || rounds.state === 'resubmitted';
  const begin = () => {
    if (!isOpen) start?.();
    else {
      modal.confirm({
        title: `${last.reviewer.name}正在审核这份工单`,
        content: '接手之后，由您写意见和决定；已写的意见会保留。',
        okText: '接手审核',
        cancelText: '取消',
        onOk: () => start?.(),
      });
    }
  };
  return (
    <section className="office-part office-review" aria-label="审核">
      <h2>
        审核 <ReviewTag {...rounds} />
      </h2>
      {isOpen && (
        <p>
          第 {last.round} 轮，审核人：{last.reviewer.name}，{timeText(last.startedAt)}开始。
        </p>
      )}
      <div className="office-review-tools">
        {start && !decide && (
          <Button type={isWaiting ? 'primary' : 'default'} loading={busy} onClick={begin}>
            {isOpen ? '接手审核' : '开始审核'}
          </Button>
        )}
        {decide && (
          <>
            <Button type="primary" loading={busy} onClick={() => decide('passed')}>
              通过
            </Button>
            <Button
              danger
              loading={busy}
              disabled={remarks.all.length === 0}
              title={remarks.all.length === 0 ? '请先写至少一条意见' : undefined}
              onClick={() => decide('returned')}
            >
              退回{remarks.all.length > 0 && `（${remarks.all.length} 条意见）`}
            </Button>
          </>
        )}
        <Compare id={id} now={now} rounds={rounds.rounds} />
        {decide && (
          <>
            {remarks.change && <AddRemark record={id} field={null} label="整份工单" named />}
            <MissingFact id={id} now={now} />
          </>
        )}
      </div>
      {problem && <Alert className="office-problem" type="error" showIcon title={problem} />}
      {isOpen && <Made id={id} now={now} remarks={remarks} />}
      <Past rounds={rounds.rounds} id={id} now={now} />
    </section>
  );
};

/** What a remark is about, in the words of the form. */
const labelOfRemark = (remark: Remark, id: string, now: AssembledOrder): string => {
  const place = placeOf(remark, id, now);
  if (place === null) return '已移除的一行';
  return place ? labelOf(place) : '整份工单';
};

/** All remarks of the round that is open, wherever on the screen they were made. */
const Made = (props: { id: string; now: AssembledOrder; remarks: Remarks }) => {
  const { id, now } = props;
  const { all, change } = props.remarks;
  if (all.length === 0) return null;
  return (
    <ul className="office-remarks" aria-label="本轮意见">
      {all.map((remark) => {
        const label = labelOfRemark(remark, id, now);
        return (
          <li key={JSON.stringify(remark)}>
            <b>{label}</b>
            <span>{remark.text}</span>
            {change && (
              <Button
                type="text"
                icon={<CloseOutlined />}
                aria-label={`删除意见：${label}`}
                onClick={() => change(all.filter((each) => each !== remark))}
              />
            )}
          </li>
        );
      })}
    </ul>
  );
};

/** A remark about a fact that nobody filled, which is nowhere else on the screen. */
const MissingFact = ({ id, now }: { id: string; now: AssembledOrder }) => {
  const [field, setField] = useState<string>();
  const missing = FACT_KEYS.filter((key) => now.order.facts[key] === undefined);
  return (
    <span>
      <Select
        className="office-missing"
        aria-label="没有填的内容"
        placeholder="对没有填的内容提意见"
        showSearch={{ optionFilterProp: 'label' }}
        value={field}
        onChange={setField}
        options={missing.map((key) => ({ value: key, label: factDefinition(key).label }))}
      />
      {field && <AddRemark record={id} field={field} label={labelOf(field)} />}
    </span>
  );
};

const Past = (props: { rounds: readonly Round[]; id: string; now: AssembledOrder }) => {
  const { rounds, id, now } = props;
  const decided = rounds.filter(({ decision }) => decision !== null);
  if (decided.length === 0) return null;
  return (
    <ol className="office-rounds" reversed>
      {[...decided].reverse().map(({ round, reviewer, decision, decidedAt, remarks }) => (
        <li key={round} value={round}>
          第 {round} 轮：{decision && REVIEW_STATES[decision]}，{reviewer.name}，
          {timeText(decidedAt ?? 0)}
          {remarks.map((remark) => (
            <p key={JSON.stringify(remark)}>
              <b>{labelOfRemark(remark, id, now)}</b>：{remark.text}
            </p>
          ))}
        </li>
      ))}
    </ol>
  );
};

const COLUMNS = [
  { title: '内容', dataIndex: 'name' },
  { title: '上一轮', dataIndex: 'before', className: 'office-before' },
  { title: '现在', dataIndex: 'after' },
];

const Compare = (props: { id: string; now: AssembledOrder; rounds: readonly Round[] }) => {
  const { id, now, rounds } = props;
  const { sync } = useServices();
  const { message } = App.useApp();
  const [shown, setShown] = useState<readonly Difference[] | null>(null);
  const [busy, setBusy] = useState(false);
  const before = rounds.findLast(({ decision }) => decision !== null);
  if (!before) return null;
  const open = async () => {
    setBusy(true);
    try {
      const then = receivedOrder(id, await sync.office.fieldsOfRound(id, before.round));
      setShown(differencesOf(then, now));
    } catch (error) {
      message.error(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button loading={busy} onClick={open}>
        与第 {before.round} 轮对比
      </Button>
      <Drawer
        open={shown !== null}
        onClose={() => setShown(null)}
        size="min(900px, 100%)"
        title={`第 ${before.round} 轮之后的改动`}
      >
        {shown?.length === 0 ? (
          <p>没有改动。</p>
        ) : (
          <Table
            size="small"
            rowKey="key"
            columns={COLUMNS}
            dataSource={[...(shown ?? [])]}
            pagination={{ pageSize: 100, hideOnSinglePage: true }}
          />
        )}
      </Drawer>
    </>
  );
};
