import { SearchOutlined } from '@ant-design/icons';
import { Input, Table, type TableColumnsType } from 'antd';
import { useMemo, useState } from 'react';
import { useWorking } from '../../services.tsx';
import type { OrderSummary } from '../../store/store.ts';
import { searchFor } from '../orders/search.ts';
import { UploadTag } from '../orders/upload-state.tsx';

/** Orders on one page of the choice. */
const PAGE = 5;

const COLUMNS: TableColumnsType<OrderSummary> = [
  {
    title: '工单',
    render: (_, { customer, orderNumber }) => (
      <span className="bundle-order">
        {customer || '未填集团名称'}
        <small>{orderNumber}</small>
      </span>
    ),
  },
  { title: '上传', width: 120, render: (_, summary) => <UploadTag summary={summary} /> },
];

/** Ticks orders, among ten thousand too. */
export const OrderChoice = (props: {
  chosen: readonly string[];
  onChosen: (chosen: readonly string[]) => void;
}) => {
  const summaries = useWorking((working) => working.summaries);
  const [typed, setTyped] = useState('');
  const shown = useMemo(
    () =>
      [...summaries.values()].sort((a, b) => b.updatedAt - a.updatedAt).filter(searchFor(typed)),
    [summaries, typed],
  );
  return (
    <div className="bundle-choice">
      <Input
        allowClear
        prefix={<SearchOutlined />}
        placeholder="搜索集团名称、工单编号、电话"
        aria-label="搜索要导出的工单"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <Table
        rowKey="id"
        size="small"
        columns={COLUMNS}
        dataSource={shown}
        pagination={{ pageSize: PAGE, hideOnSinglePage: true, showSizeChanger: false }}
        rowSelection={{
          preserveSelectedRowKeys: true,
          selectedRowKeys: [...props.chosen],
          onChange: (keys) => props.onChosen(keys.map(String)),
        }}
        locale={{ emptyText: '没有符合条件的工单' }}
      />
    </div>
  );
};
