import { lazy, Suspense } from 'react';
import { memberCount } from '../../../domain/order/derived.ts';
import { FactField } from './fact-field.tsx';
import { Derived, Group } from './group.tsx';
import { useOrder } from './open-order.tsx';

const RosterSheet = lazy(async () => ({
  default: (await import('../sheets/roster-sheet.tsx')).RosterSheet,
}));

export const RosterSection = () => {
  const { order } = useOrder();
  const other = order.facts['roster.action'] === 'other' || order.facts['roster.actionOther'];
  return (
    <>
      <Group title="操作">
        <FactField field="roster.action" span={8} />
        <Derived label="集团成员数" value={`${memberCount(order)} 个`} />
        {other && <FactField field="roster.actionOther" span={12} />}
      </Group>
      <Suspense>
        <RosterSheet />
      </Suspense>
    </>
  );
};
