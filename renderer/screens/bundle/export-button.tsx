import { UsbOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { Suspense, useState } from 'react';
import { ExportDialog } from './dialogs.ts';

/** 导出到U盘, from the list of orders. */
export const ExportButton = () => {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="large" icon={<UsbOutlined />} onClick={() => setOpen(true)}>
        导出到U盘
      </Button>
      {open && (
        <Suspense>
          <ExportDialog orders={[]} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
};
