import { DeleteOutlined, ExportOutlined, UsbOutlined } from '@ant-design/icons';
import { App, type MenuProps } from 'antd';
import { useRemoveOrder } from './remove-order.ts';

/** What the menus of the list and of an open order both offer. */
export const useOrderActions = (of: {
  order: { readonly id: string; readonly customer: string; readonly orderNumber: string };
  /** Saves the order as a file. */
  save: () => Promise<unknown>;
  onExport: () => void;
  onRemove?: () => void;
}): NonNullable<MenuProps['items']> => {
  const { message } = App.useApp();
  const remove = useRemoveOrder();
  const save = () =>
    of
      .save()
      .catch((error: unknown) =>
        message.error(`没有导出：${error instanceof Error ? error.message : error}`),
      );
  return [
    { key: 'export', icon: <ExportOutlined />, label: '导出工单文件', onClick: save },
    { key: 'bundle', icon: <UsbOutlined />, label: '导出到U盘', onClick: of.onExport },
    {
      key: 'remove',
      icon: <DeleteOutlined />,
      label: '移除工单',
      danger: true,
      onClick: () => remove(of.order, of.onRemove),
    },
  ];
};
