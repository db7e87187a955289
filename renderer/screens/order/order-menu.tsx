import {
  DeleteOutlined,
  ExpandAltOutlined,
  ExportOutlined,
  MoreOutlined,
  UsbOutlined,
} from '@ant-design/icons';
import { App, Button, Dropdown } from 'antd';
import { Suspense, useState } from 'react';
import { useLocation } from 'wouter';
import { useServices } from '../../services.tsx';
import { ExportDialog } from '../bundle/dialogs.ts';
import { saveOrderFile } from '../orders/order-file.ts';
import { useRemoveOrder } from '../orders/remove-order.ts';
import { useOrder } from './open-order.tsx';

/** What is seldom done with an order. */
export const OrderMenu = () => {
  const { id, order } = useOrder();
  const { platform } = useServices();
  const { message } = App.useApp();
  const remove = useRemoveOrder();
  const [exporting, setExporting] = useState(false);
  const [, go] = useLocation();
  const { 'customer.name': customer = '', orderNumber = '' } = order.facts;
  const save = () =>
    saveOrderFile(platform, order).catch((error: unknown) =>
      message.error(`没有导出：${error instanceof Error ? error.message : error}`),
    );
  return (
    <>
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            {
              key: 'window',
              icon: <ExpandAltOutlined />,
              label: '在新窗口打开',
              onClick: () => platform.openWindow(location.hash),
            },
            { key: 'export', icon: <ExportOutlined />, label: '导出工单文件', onClick: save },
            {
              key: 'bundle',
              icon: <UsbOutlined />,
              label: '导出到U盘',
              onClick: () => setExporting(true),
            },
            {
              key: 'remove',
              icon: <DeleteOutlined />,
              label: '移除工单',
              danger: true,
              onClick: () => remove({ id, customer, orderNumber }, () => go('/')),
            },
          ],
        }}
      >
        <Button type="text" icon={<MoreOutlined />} aria-label="更多操作" />
      </Dropdown>
      {exporting && (
        <Suspense>
          <ExportDialog orders={[id]} onClose={() => setExporting(false)} />
        </Suspense>
      )}
    </>
  );
};
