/** 后台: what arrived at the service, and each order to all its facts and rounds. */
import { ReloadOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useCallback } from 'react';
import { useParams } from 'wouter';
import { useServices } from '../../services.tsx';
import { Frame, Show } from './frame.tsx';
import { OfficeList } from './office-list.tsx';
import { OfficeOrderView } from './office-order.tsx';
import { useLoaded } from './use-office.ts';

const OfficeDetail = ({ id }: { id: string }) => {
  const { sync } = useServices();
  const loaded = useLoaded(
    useCallback(async () => {
      const [fields, rounds] = await Promise.all([sync.office.order(id), sync.office.rounds(id)]);
      return { fields, rounds };
    }, [sync, id]),
  );
  return (
    <Frame
      title="后台收到的工单"
      back="/office"
      tools={
        <Button className="office-reload" icon={<ReloadOutlined />} onClick={loaded.again}>
          刷新
        </Button>
      }
    >
      <Show loaded={loaded}>
        {(value) => <OfficeOrderView id={id} {...value} refresh={loaded.refresh} />}
      </Show>
    </Frame>
  );
};

/** `#/office` and `#/office/ID`. */
export const OfficeScreen = () => {
  const { id } = useParams<{ id?: string }>();
  return id ? <OfficeDetail id={id} /> : <OfficeList />;
};
