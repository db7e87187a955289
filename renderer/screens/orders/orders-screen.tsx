import { Button } from 'antd';
import { Link, useLocation } from 'wouter';
import { useServices, useWorking } from '../../services.tsx';
import { sectionPath } from '../order/sections.ts';
import { newOrder } from './new-order.ts';

export const OrdersScreen = () => {
  const { store } = useServices();
  const summaries = useWorking((working) => working.summaries);
  const [, go] = useLocation();
  const create = async () => {
    const { id, edits } = newOrder({});
    await store.commit(edits);
    go(sectionPath(id, 'customer'));
  };
  return (
    <main>
      <Button onClick={create}>新建工单</Button>
      {[...summaries.values()].map((order) => (
        <Link key={order.id} href={sectionPath(order.id, 'customer')}>
          {order.customer || order.orderNumber}
        </Link>
      ))}
    </main>
  );
};
