import { FactField } from './fact-field.tsx';
import { Derived, Group } from './group.tsx';
import { useOrder } from './open-order.tsx';
import { termText } from './words.ts';

export const ServiceSection = () => (
  <>
    <Group title="办理">
      <FactField field="acceptance.actions" span={12} />
      <FactField field="acceptance.business" span={6} />
      <FactField field="acceptance.effective" span={6} />
      <FactField field="acceptance.tariff" span={12} />
    </Group>
    <Group title="业务经办人">
      <FactField field="acceptance.agent.name" />
      <FactField field="acceptance.agent.idNumber" span={8} />
      <FactField field="acceptance.agent.title" />
      <FactField field="acceptance.agent.phone" />
      <FactField field="acceptance.agent.fax" />
    </Group>
    <Group title="产品属性">
      <FactField field="service.accountType" span={6} />
      <FactField field="service.accountNumber" span={6} />
      <FactField field="service.circuits" />
      <FactField field="service.bandwidthMbps" />
      <Derived
        label="业务使用期限"
        value={termText(useOrder().order)}
        note="与协议有效期相同，在“协议”中填写"
      />
    </Group>
  </>
);
