/** 上传: what of this order has reached the service, what was refused and why, and what to do. */
import { CloudUploadOutlined, PauseOutlined } from '@ant-design/icons';
import { App, Button, Progress } from 'antd';
import dayjs from 'dayjs';
import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import { useServices, useWorking } from '../../services.tsx';
import type { OrderSummary, SyncState, UploadState } from '../../store/store.ts';
import { uploadStateOf } from '../../sync/upload-state.ts';
import { focusField } from '../order/focus.ts';
import { useOrder } from '../order/open-order.tsx';
import { sizeText } from '../orders/connection.tsx';
import { type Refusal, refusalOf } from './refusals.ts';
import './upload.css';

const TITLES: Readonly<Record<UploadState, string>> = {
  waiting: '待上传',
  sending: '上传中',
  sent: '已上传',
  rejected: '有内容未被接受',
};

const timeText = (at: number) => dayjs(at).format('M月D日 HH:mm');

/** What is still to be sent: `12 项内容、6 个文件`. */
const amount = ({ unsent, unsentAttachments }: OrderSummary): string =>
  [unsent > 0 && `${unsent} 项内容`, unsentAttachments > 0 && `${unsentAttachments} 个文件`]
    .filter(Boolean)
    .join('、');

const needsEnrolment = ({ connection }: SyncState): boolean =>
  connection === 'unenrolled' || connection === 'refused';

const explain = (state: UploadState, summary: OrderSummary, sync: SyncState): string => {
  switch (state) {
    case 'sent':
      return sync.lastSuccessAt
        ? `后台已收到全部内容和文件。最近一次核对：${timeText(sync.lastSuccessAt)}。`
        : '后台已收到全部内容和文件。';
    case 'sending':
      return `还有 ${amount(summary)}正在上传，可以继续填写其他工单。`;
    case 'rejected':
      return `有 ${summary.rejected} 项没有被后台接受，内容都还在本机。请看下面的原因，改好后会自动重新上传。`;
    case 'waiting':
      if (sync.paused)
        return `还有 ${amount(summary)}没有上传，都已存在本机。已暂停，点“继续上传”接着传。`;
      return `还有 ${amount(summary)}没有上传，都已存在本机。${
        needsEnrolment(sync) ? '登录之后' : '网络恢复后'
      }自动上传，不用等在这里。`;
  }
};

/** How much of the entry under way has left, from 0 to 1. */
const partOf = ({ bytes }: SyncState): number =>
  bytes ? bytes.sent / Math.max(bytes.total, 1) : 0;

const CONNECTIONS: Readonly<Record<SyncState['connection'], string>> = {
  online: '已连上同步服务。',
  offline: '现在连不上同步服务，可以照常填写、签署和打印。',
  unenrolled: '本设备还没有登录，不能上传；可以照常填写、签署和打印。',
  refused: '登录已失效，不能上传；内容都还在本机。',
};

const Connection = ({ sync }: { sync: SyncState }) => {
  const enrol = needsEnrolment(sync);
  return (
    <section className="upload-card" data-connection={sync.connection}>
      <h3>网络与登录</h3>
      <p>{CONNECTIONS[sync.connection]}</p>
      {sync.reason && !enrol && <p className="upload-reason">{sync.reason}</p>}
      {enrol ? (
        <p>
          请<Link href="/sign-in">登录</Link>；登录之后，存在本机的内容会自动上传。
        </p>
      ) : (
        sync.lastSuccessAt && <p>最近一次连上：{timeText(sync.lastSuccessAt)}</p>
      )}
    </section>
  );
};

const Refused = (props: { refusals: readonly Refusal[] }) => {
  const { store } = useServices();
  const { id } = useOrder();
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  const retry = async () => {
    setBusy(true);
    try {
      await store.retryRejected(id);
      message.info('已重新提交，等待后台答复。');
    } catch (error) {
      message.error(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="upload-card" data-kind="refused">
      <h3>未被接受的内容</h3>
      <p>改成可以接受的内容就会自动重新上传；内容没有错时，可以原样重新提交。</p>
      <ul className="upload-refused">
        {props.refusals.map(({ change, name, value, message: reason, field }) => (
          <li key={change}>
            <div>
              <strong>{name}</strong>
              {value && <span className="upload-value">{value}</span>}
              <p className="error">{reason}</p>
            </div>
            {field && <Button onClick={() => focusField(field)}>去修改</Button>}
          </li>
        ))}
      </ul>
      <Button loading={busy} onClick={retry}>
        原样重新提交
      </Button>
    </section>
  );
};

export const UploadSection = () => {
  const { sync: client } = useServices();
  const open = useOrder();
  const summary = useWorking((working) => working.summaries.get(open.id));
  const sync = useWorking((working) => working.sync);
  const rejected = useWorking((working) => working.rejected);
  const records = useWorking((working) => working.records.get(open.id));
  const refusals = useMemo(
    () =>
      rejected
        .filter(({ order }) => order === open.id)
        .map((entry) => refusalOf(entry, open, records?.get(entry.record))),
    [rejected, open, records],
  );
  if (!summary) return null;
  const state = uploadStateOf(summary, sync);
  const { progress } = sync;

  return (
    <div className="upload">
      <section className="upload-card" data-state={state}>
        <div className="upload-head">
          <h3 className="upload-state">{TITLES[state]}</h3>
          {state !== 'sent' && (
            <Button
              type="primary"
              size="large"
              icon={<CloudUploadOutlined />}
              disabled={needsEnrolment(sync)}
              onClick={() => client.tryNow()}
            >
              {sync.paused ? '继续上传' : '立即上传'}
            </Button>
          )}
          {state === 'sending' && !sync.paused && (
            <Button size="large" icon={<PauseOutlined />} onClick={() => client.pause()}>
              暂停
            </Button>
          )}
        </div>
        <p>{explain(state, summary, sync)}</p>
        {state === 'sending' && progress && (
          <Progress
            percent={Math.floor((100 * (progress.done + partOf(sync))) / progress.total)}
            format={() => `${progress.done}/${progress.total}${sizeText(sync.bytes)}`}
          />
        )}
        {state !== 'sent' && (
          <dl className="upload-counts">
            <dt>没有回执的内容</dt>
            <dd>{summary.unsent} 项</dd>
            <dt>没有回执的文件</dt>
            <dd>{summary.unsentAttachments} 个</dd>
          </dl>
        )}
      </section>
      {refusals.length > 0 && <Refused refusals={refusals} />}
      <Connection sync={sync} />
    </div>
  );
};
