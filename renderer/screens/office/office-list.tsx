/** The list of what arrived: searched, filtered, sorted; what is chosen can be taken away in files. */
import { ReloadOutlined, SearchOutlined } from '@ant-design/icons';
import { Button, DatePicker, Empty, Input, Select, Table, type TableColumnsType } from 'antd';
import dayjs from 'dayjs';
import { useCallback, useEffect, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { REVIEW_LIMITS, REVIEW_STATE_KEYS, REVIEW_STATES } from '../../../domain/review/review.ts';
import type { OfficeList as List, OfficeOrder, Sort } from '../../../domain/review/wire.ts';
import { SIGNATORIES } from '../../documents/sign-documents.ts';
import { useServices } from '../../services.tsx';
import { useAccount } from '../accounts/use-account.ts';
import { ImportBundleButton } from '../bundle/import-bundle-button.tsx';
import { ExportButton } from './export-button.tsx';
import { Frame, Show } from './frame.tsx';
import { ReviewTag } from './review-tag.tsx';
import { useLoaded } from './use-office.ts';

/** Searching waits for a pause in typing (ms). */
const PAUSE = 300;

const stored = (order: OfficeOrder) => order.attachments.filter((each) => each.stored).length;

const sorted = (sort: Sort) => ({ key: sort, sorter: true });

const COLUMNS: TableColumnsType<OfficeOrder> = [
  {
    title: '集团名称',
    ...sorted('customer'),
    render: (_, order) => (
      <Link href={`/office/${order.id}`} className="office-name">
        {order.customer || '未填集团名称'}
        <small>{order.orderNumber}</small>
      </Link>
    ),
  },
  { title: '状态', key: 'state', render: (_, order) => <ReviewTag {...order} /> },
  { title: '联系电话', key: 'phone', dataIndex: 'phone', className: 'office-phone' },
  { title: '班组', ...sorted('team'), dataIndex: 'team' },
  { title: '装维', ...sorted('installer'), dataIndex: 'owner' },
  {
    title: '收到时间',
    ...sorted('receivedAt'),
    dataIndex: 'receivedAt',
    className: 'office-when',
    render: (at: number) => dayjs(at).format('MM-DD HH:mm'),
  },
  {
    title: '签名',
    key: 'signatures',
    dataIndex: 'signatures',
    align: 'right',
    render: (count: number) => `${count}/${SIGNATORIES.length}`,
  },
  {
    title: '文件',
    key: 'files',
    align: 'right',
    render: (_, order) => `${stored(order)}/${order.attachments.length}`,
  },
];

/** What narrows the list down, as the service is asked; empty texts are left out. */
type Filter = Readonly<Record<'state' | 'team' | 'installer' | 'from' | 'to', string>>;
const NO_FILTER: Filter = { state: '', team: '', installer: '', from: '', to: '' };

const named = (list: readonly { readonly id: string; readonly name: string }[]) =>
  list.map(({ id, name }) => ({ value: id, label: name }));

const Filters = (props: {
  filter: Filter;
  list: Pick<List, 'teams' | 'installers'>;
  onFilter: (filter: Filter) => void;
}) => {
  const { filter, list, onFilter } = props;
  const choice = (
    key: 'state' | 'team' | 'installer',
    label: string,
    options: { value: string; label: string }[],
  ) => (
    <Select
      aria-label={label}
      placeholder={label}
      allowClear
      showSearch={{ optionFilterProp: 'label' }}
      value={filter[key] || undefined}
      onChange={(value?: string) => onFilter({ ...filter, [key]: value ?? '' })}
      options={options}
    />
  );
  return (
    <section className="office-filters" aria-label="筛选">
      {choice(
        'state',
        '全部状态',
        REVIEW_STATE_KEYS.map((state) => ({ value: state, label: REVIEW_STATES[state] })),
      )}
      {choice('team', '全部班组', named(list.teams))}
      {choice('installer', '全部装维', named(list.installers))}
      <DatePicker.RangePicker
        aria-label="收到日期"
        placeholder={['收到日期起', '止']}
        allowEmpty={[true, true]}
        onChange={(range) =>
          onFilter({
            ...filter,
            from: range?.[0] ? String(range[0].startOf('day').valueOf()) : '',
            to: range?.[1] ? String(range[1].add(1, 'day').startOf('day').valueOf()) : '',
          })
        }
      />
    </section>
  );
};

interface Page {
  readonly sort: Sort;
  readonly descending: boolean;
  /** From 1. */
  readonly page: number;
}
/** ms in which an answer comes so soon that a sign of work would only flicker. */
const SOON = 300;
const FIRST: Page = { sort: 'receivedAt', descending: true, page: 1 };

const isSort = (key: unknown): key is Sort =>
  COLUMNS.some((column) => column.key === key && column.sorter === true);

export const OfficeList = () => {
  const { sync } = useServices();
  const account = useAccount();
  const [typed, setTyped] = useState('');
  const [search, setSearch] = useState('');
  const [filter, setFilter] = useState(NO_FILTER);
  const [{ sort, descending, page }, setPage] = useState(FIRST);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  useEffect(() => {
    const timer = setTimeout(() => {
      setSearch(typed.trim());
      setPage((before) => ({ ...before, page: 1 }));
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [typed]);
  const loaded = useLoaded(
    useCallback(() => {
      const filled = Object.entries(filter).filter(([, value]) => value !== '');
      const skip = String((page - 1) * REVIEW_LIMITS.page);
      const order = { sort, descending: String(descending), skip };
      return sync.office.list({ search, ...order, ...Object.fromEntries(filled) });
    }, [sync, search, filter, sort, descending, page]),
  );
  const [, navigate] = useLocation();
  const isNarrow = search !== '' || Object.values(filter).some((value) => value !== '');
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
          {account?.role === 'reviewer' && <ExportButton orders={chosen} />}
          <Button icon={<ReloadOutlined />} onClick={loaded.again}>
            刷新
          </Button>
          {account?.role === 'reviewer' && <ImportBundleButton onClosed={loaded.again} />}
        </>
      }
    >
      <Show loaded={loaded}>
        {(list) => (
          <>
            <Filters
              filter={filter}
              list={list}
              onFilter={(narrowed) => {
                setFilter(narrowed);
                setPage((before) => ({ ...before, page: 1 }));
              }}
            />
            <Table
              rowKey="id"
              size="middle"
              columns={COLUMNS}
              dataSource={list.orders}
              loading={{ spinning: loaded.busy, delay: SOON }}
              pagination={{
                current: page,
                pageSize: REVIEW_LIMITS.page,
                total: list.total,
                showSizeChanger: false,
                hideOnSinglePage: true,
                showTotal: (total) => `共 ${total} 份`,
              }}
              onChange={(pagination, _, sorter) => {
                const by = Array.isArray(sorter) ? sorter[0] : sorter;
                const chosenSort = by?.order && isSort(by.columnKey) ? by.columnKey : FIRST.sort;
                setPage({
                  sort: chosenSort,
                  descending: by?.order ? by.order === 'descend' : true,
                  page: pagination.current ?? 1,
                });
              }}
              {...(account?.role === 'reviewer' && {
                rowSelection: {
                  selectedRowKeys: [...chosen],
                  preserveSelectedRowKeys: true,
                  onChange: (keys: readonly React.Key[]) => setChosen(keys.map(String)),
                  getTitleCheckboxProps: () => ({ 'aria-label': '全选' }),
                  getCheckboxProps: ({ customer }: OfficeOrder) => ({
                    'aria-label': `选择${customer || '未填集团名称的工单'}`,
                  }),
                },
              })}
              onRow={({ id }) => ({ onClick: () => navigate(`/office/${id}`) })}
              locale={{
                emptyText: (
                  <Empty
                    description={
                      isNarrow
                        ? '没有符合条件的工单，请放宽筛选或搜索条件'
                        : '还没有收到工单。装维人员联网后会自动上传。'
                    }
                  />
                ),
              }}
            />
          </>
        )}
      </Show>
    </Frame>
  );
};
