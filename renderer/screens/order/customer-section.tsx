import { FactField } from './fact-field.tsx';
import { Derived, Group } from './group.tsx';
import { useOrder } from './open-order.tsx';

export const CustomerSection = () => (
  <>
    <Group title="客户身份">
      <FactField field="customer.name" span={7} />
      <FactField field="customer.type" span={5} />
      <FactField field="customer.organisation" span={8} />
      <FactField field="customer.representative" />
      <FactField field="customer.certificateType" />
      <FactField field="customer.certificateNumber" span={8} />
      <FactField field="customer.address" span={8} />
      <FactField field="customer.postcode" />
    </Group>
    <Group title="联系人">
      <FactField field="customer.contact.name" />
      <FactField field="customer.contact.phone" />
      <FactField field="customer.contact.email" />
    </Group>
    <Group title="付款账户">
      <FactField field="customer.payer.accountName" />
      <FactField field="customer.payer.bank" />
      <FactField field="customer.payer.accountNumber" />
    </Group>
    <Group title="协议封面">
      <FactField field="kinds" span={12} />
      <FactField field="groupNumber" span={6} />
      <Derived
        label="工单编号"
        value={useOrder().order.facts.orderNumber}
        note="由本机编定，不用填写"
        span={6}
      />
    </Group>
  </>
);
