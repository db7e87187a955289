import {
  CloudOutlined,
  PlusOutlined,
  SafetyCertificateOutlined,
  SearchOutlined,
  SettingOutlined,
  TeamOutlined,
  UserOutlined,
} from '@ant-design/icons';
import { Button, Input } from 'antd';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useServices, useWorking } from '../../services.tsx';
import type { OrderSummary, UploadState } from '../../store/store.ts';
import { uploadStateOf } from '../../sync/upload-state.ts';
import { useAccount } from '../accounts/use-account.ts';
import { BackupLine } from '../backup/backup-notice.tsx';
import { ExportButton } from '../bundle/export-button.tsx';
import { focusField } from '../order/focus.ts';
import { sectionPath } from '../order/sections.ts';
import { LockButton } from '../vault/lock-button.tsx';
import { Connection } from './connection.tsx';
import { ImportButton } from './import-button.tsx';
import { OrderRows } from './order-rows.tsx';
import './orders.css';
import { prepareSearch, searchFor } from './search.ts';

const FILTERS = {
  all: '全部',
  waiting: '待上传',
  rejected: '未被接受',
  returned: '审核退回',
  sent: '已上传',
} as const;
type Filter = keyof typeof FILTERS;
const FILTER_IDS = [
  'all',
  'waiting',
  'rejected',
  'returned',
  'sent',
] as const satisfies readonly Filter[];

/** What is being sent is still waiting, for those who look for what has not arrived. What the office returned is in its own list too. */
const filterOf = (state: UploadState): Filter => (state === 'sending' ? 'waiting' : state);

/** Newest change first, with how many there are behind each filter. */
const useOrders = () => {
  const summaries = useWorking((working) => working.summaries);
  const sending = useWorking((working) => working.sync.sending);
  const newest = useMemo(
    () => [...summaries.values()].sort((a, b) => b.updatedAt - a.updatedAt),
    [summaries],
  );
  const byFilter = useMemo(() => {
    const lists: Record<Filter, OrderSummary[]> = {
      all: newest,
      waiting: [],
      rejected: [],
      returned: newest.filter(({ review }) => review === 'returned'),
      sent: [],
    };
    for (const summary of newest)
      lists[filterOf(uploadStateOf(summary, { sending }))].push(summary);
    return lists;
  }, [newest, sending]);
  return byFilter;
};

const Welcome = (props: { create: () => void }) => (
  <div className="orders-empty">
    <h2>还没有工单</h2>
    <ol>
      <li>
        先在<Link href="/settings">设置</Link>里填好乙方信息，以后每份工单自动带入。
      </li>
      <li>新建工单，边填边保存；清单会指出每份文书还缺什么。</li>
      <li>当场签署、出 PDF。没有网络也照常使用，联网后自动上传。</li>
    </ol>
    <Button type="primary" size="large" icon={<PlusOutlined />} onClick={props.create}>
      新建第一份工单
    </Button>
  </div>
);

/** The order list: new, continue, search; state and what is unsent at a glance. */
export const OrdersScreen = () => {
  const { store } = useServices();
  const [, go] = useLocation();
  const lists = useOrders();
  const account = useAccount();
  const refused = useWorking((working) => working.sync.connection === 'refused');
  const [filter, setFilter] = useState<Filter>('all');
  const [typed, setTyped] = useState('');
  const shown = useMemo(() => lists[filter].filter(searchFor(typed)), [lists, filter, typed]);
  useEffect(() => prepareSearch(lists.all), [lists.all]);
  const unsent = lists.waiting.length + lists.rejected.length;

  // Two clicks in a hurry mean one order: the first one leaves this screen.
  const creating = useRef(false);
  const create = async () => {
    if (creating.current) return;
    creating.current = true;
    const id = await store.createOrder().catch((error: unknown) => {
      creating.current = false;
      throw error;
    });
    go(sectionPath(id, 'customer'));
    focusField('customer.name');
  };
  return (
    <main className="orders">
      <header className="orders-header">
        <h1>
          <img src="./icon.svg" alt="" width="32" height="32" />
          勘签
        </h1>
        <Connection />
        {unsent > 0 && <span className="orders-unsent">{unsent} 份未上传</span>}
        <BackupLine />
        <span className="spacer" />
        {(account === null || refused) && (
          <Link href="/sign-in" className="header-link">
            <UserOutlined /> 登录
          </Link>
        )}
        {account?.role === 'administrator' && (
          <Link href="/accounts" className="header-link">
            <TeamOutlined /> 管理
          </Link>
        )}
        {account && account.role !== 'administrator' && (
          <Link href="/office" className="header-link">
            <CloudOutlined /> 后台
          </Link>
        )}
        <Link href="/verify" className="header-link">
          <SafetyCertificateOutlined /> 验证
        </Link>
        <Link href="/settings" className="header-link">
          <SettingOutlined /> 设置
        </Link>
        <LockButton named />
      </header>
      <div className="orders-tools">
        <Input
          className="orders-search"
          size="large"
          allowClear
          prefix={<SearchOutlined />}
          placeholder="搜索集团名称、工单编号、电话"
          aria-label="搜索工单"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <ImportButton />
        {lists.all.length > 0 && <ExportButton />}
        <Button type="primary" size="large" icon={<PlusOutlined />} onClick={create}>
          新建工单
        </Button>
        <fieldset className="orders-filters" aria-label="按状态筛选">
          {FILTER_IDS.map((id) => (
            <button
              key={id}
              type="button"
              aria-pressed={filter === id}
              onClick={() => setFilter(id)}
            >
              {FILTERS[id]} <span>{lists[id].length}</span>
            </button>
          ))}
        </fieldset>
      </div>
      {lists.all.length === 0 ? (
        <Welcome create={create} />
      ) : shown.length === 0 ? (
        <p className="orders-none">没有符合条件的工单。</p>
      ) : (
        <OrderRows orders={shown} />
      )}
    </main>
  );
};
