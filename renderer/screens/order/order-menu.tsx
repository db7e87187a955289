import { ExpandAltOutlined, MoreOutlined } from '@ant-design/icons';
import { Button, Dropdown } from 'antd';
import { Suspense, useState } from 'react';
import { useLocation } from 'wouter';
import { useServices } from '../../services.tsx';
import { ExportDialog } from '../bundle/dialogs.ts';
import { useOrderActions } from '../orders/order-actions.tsx';
import { saveOrderFile } from '../orders/order-file.ts';
import { useOrder } from './open-order.tsx';

/** What is seldom done with an order. */
export const OrderMenu = () => {
  const { id, order } = useOrder();
  const { platform } = useServices();
  const [exporting, setExporting] = useState(false);
  const [, go] = useLocation();
  const { 'customer.name': customer = '', orderNumber = '' } = order.facts;
  const actions = useOrderActions({
    order: { id, customer, orderNumber },
    save: () => saveOrderFile(platform, order),
    onExport: () => setExporting(true),
    onRemove: () => go('/'),
  });
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
            ...actions,
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
