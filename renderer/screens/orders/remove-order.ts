import { App } from 'antd';
import { useServices } from '../../services.tsx';

/** Asks, then removes an order from the list. The change log keeps it: nothing is ever taken out of it. */
export const useRemoveOrder = () => {
  const { store } = useServices();
  const { modal } = App.useApp();
  return (order: { id: string; customer: string; orderNumber: string }, leave?: () => void) => {
    const { id } = order;
    modal.confirm({
      title: `移除“${order.customer || order.orderNumber}”？`,
      content: '工单将从列表中移除，联网后后台也会看到它已移除。',
      okText: '移除',
      okButtonProps: { danger: true },
      onOk: async () => {
        leave?.();
        await store.deleteOrder(id);
      },
    });
  };
};
