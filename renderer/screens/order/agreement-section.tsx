import { computedTotalFee, termMonths, totalInCapitals } from '../../../domain/order/derived.ts';
import { CARRIER_FACTS } from './carrier-facts.ts';
import { FactField } from './fact-field.tsx';
import { Derived, Group } from './group.tsx';
import { useOrder } from './open-order.tsx';
import { ServiceDeadlines } from './service-deadlines.tsx';
import { yuanText } from './words.ts';

export const AgreementSection = () => {
  const { order } = useOrder();
  const months = termMonths(order);
  const computed = computedTotalFee(order);
  const total = order.facts['agreement.totalFee'];
  const differs = total !== undefined && total !== computed;
  return (
    <>
      <Group title="期限与费用">
        <FactField field="agreement.termStart" />
        <FactField field="agreement.termEnd" />
        <Derived label="协议月数" value={months === undefined ? undefined : `${months} 个月`} />
        <FactField field="agreement.monthlyFee" />
        <FactField field="agreement.totalFee" />
        <Derived
          label="计算的费用总计"
          value={computed === undefined ? undefined : yuanText(computed)}
          note="月资费 × 月数"
        />
        {(differs || order.facts['agreement.totalFeeReason']) && (
          <FactField field="agreement.totalFeeReason" span={12} />
        )}
        <Derived label="费用总计（大写）" value={totalInCapitals(order)} span={12} />
        <FactField field="agreement.paymentCycle" span={12} />
      </Group>
      <Group title="用途与外呼">
        <FactField field="agreement.purpose" span={12} />
        <FactField field="agreement.outboundFrom" />
        <FactField field="agreement.outboundTo" />
      </Group>
      <Group title="签订">
        <FactField field="agreement.signedOn" />
        <ServiceDeadlines />
        <FactField field="agreement.copies" />
      </Group>
      <Group title="乙方" note="新工单从“设置”带入，只在本工单有不同时才改">
        {CARRIER_FACTS.map(([field, span]) => (
          <FactField key={field} field={field} span={span} />
        ))}
      </Group>
    </>
  );
};
