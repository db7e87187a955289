/** 后台: a plain list of what arrived at the service, and each order to all its facts. */
import { LeftOutlined, ReloadOutlined, SearchOutlined } from '@ant-design/icons';
import { Alert, Button, Empty, Input, Spin, Table, type TableColumnsType } from 'antd';
import dayjs from 'dayjs';
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import type { OfficeOrder } from '../../../domain/sync/wire.ts';
import { SIGNATORIES } from '../../documents/sign-documents.ts';
import { useServices } from '../../services.tsx';
import { ImportBundleButton } from '../bundle/import-bundle-button.tsx';
import { OfficeOrderView } from './office-order.tsx';
import { type Loaded, useLoaded } from './use-office.ts';
import './office.css';

/** Searching waits for a pause in typing (ms). */
const PAUSE = 300;

const Frame = (props: { title: string; back: string; tools?: ReactNode; children: ReactNode }) => (
  <div className="office">
    <header className="office-header">
      <Link href={props.back} className="header-link" aria-label="返回">
        <LeftOutlined />
      </Link>
      <h1>{props.title}</h1>
      {props.tools}
    </header>
    <main className="office-body">{props.children}</main>
  </div>
);

/** What to do when this device may not read. */
const Enrol = ({ message }: { message: string }) => (
  <div className="office-enrol">
    <h2>先登记，才能看后台收到的工单</h2>
    <p>{message}</p>
    <ol>
      <li>请管理员在服务器上生成一个后台登记码（一次有效）。</li>
      <li>
        在<Link href="/settings">设置</Link>里填上登记码。
      </li>
      <li>回到这里，就能看到收到的工单。</li>
    </ol>
  </div>
);

/** Loading, failure, or the value. */
const Show = <T,>(props: {
  loaded: Loaded<T> & { again: () => void };
  children: (value: T) => ReactNode;
}) => {
  const { loaded } = props;
  if (loaded.state === 'loading')
    return (
      <Spin description="正在读取…">
        <div className="office-wait" />
      </Spin>
    );
  if (loaded.state === 'loaded') return props.children(loaded.value);
  if (loaded.enrol) return <Enrol message={loaded.message} />;
  return (
    <Alert
      type="error"
      showIcon
      title={loaded.message}
      action={<Button onClick={loaded.again}>重试</Button>}
    />
  );
};

const stored = (order: OfficeOrder) => order.attachments.filter((each) => each.stored).length;

const COLUMNS: TableColumnsType<OfficeOrder> = [
  {
    title: '集团名称',
    render: (_, order) => (
      <Link href={`/office/${order.id}`} className="office-name">
        {order.customer || '未填集团名称'}
        <small>{order.orderNumber}</small>
      </Link>
    ),
  },
  { title: '联系电话', dataIndex: 'phone', className: 'office-phone' },
  { title: '装维', dataIndex: 'owner' },
  {
    title: '收到时间',
    dataIndex: 'receivedAt',
    className: 'office-when',
    render: (at: number) => dayjs(at).format('MM-DD HH:mm'),
  },
  {
    title: '签名',
    dataIndex: 'signatures',
    align: 'right',
    render: (count: number) => `${count}/${SIGNATORIES.length}`,
  },
  { title: '成员', dataIndex: 'members', align: 'right' },
  { title: '分机', dataIndex: 'extensions', align: 'right' },
  {
    title: '文件',
    align: 'right',
    render: (_, order) => `${stored(order)}/${order.attachments.length}`,
  },
];

const OfficeList = () => {
  const { sync } = useServices();
  const [typed, setTyped] = useState('');
  const [search, setSearch] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setSearch(typed.trim()), PAUSE);
    return () => clearTimeout(timer);
  }, [typed]);
  const loaded = useLoaded(useCallback(() => sync.office.orders(search), [sync, search]));
  const [, navigate] = useLocation();
  return (
    <Frame
      title="后台收到的工单"
      back="/"
      tools={
        <>
          <Input
            className="office-search"
            aria-label="搜索"
            prefix={<SearchOutlined />}
            placeholder="搜索集团名称、工单编号、电话"
            allowClear
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
          <Button icon={<ReloadOutlined />} onClick={loaded.again}>
            刷新
          </Button>
          <ImportBundleButton onClosed={loaded.again} />
        </>
      }
    >
      <Show loaded={loaded}>
        {(orders) => (
          <Table
            rowKey="id"
            size="middle"
            columns={COLUMNS}
            dataSource={[...orders]}
            pagination={{ pageSize: 50, hideOnSinglePage: true }}
            onRow={({ id }) => ({ onClick: () => navigate(`/office/${id}`) })}
            locale={{
              emptyText: (
                <Empty
                  description={
                    search ? `没有找到“${search}”` : '还没有收到工单。装维人员联网后会自动上传。'
                  }
                />
              ),
            }}
          />
        )}
      </Show>
    </Frame>
  );
};

const OfficeDetail = ({ id }: { id: string }) => {
  const { sync } = useServices();
  const loaded = useLoaded(useCallback(() => sync.office.order(id), [sync, id]));
  return (
    <Frame
      title="后台收到的工单"
      back="/office"
      tools={
        <Button className="office-reload" icon={<ReloadOutlined />} onClick={loaded.again}>
          刷新
        </Button>
      }
    >
      <Show loaded={loaded}>{(fields) => <OfficeOrderView id={id} fields={fields} />}</Show>
    </Frame>
  );
};

/** `#/office` and `#/office/ID`. */
export const OfficeScreen = () => {
  const { id } = useParams<{ id?: string }>();
  return id ? <OfficeDetail id={id} /> : <OfficeList />;
};
