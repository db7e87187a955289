import { Alert } from 'antd';
import { useEffect, useState } from 'react';
import type { DiskSpace } from '../../../domain/shell/contract.ts';
import { diskState } from '../../platform/disk.ts';
import { useServices } from '../../services.tsx';

/** Between two looks at the disk, in ms. */
const EVERY = 30_000;

/** Says early that the disk is nearly full, over whatever screen the person is on. */
export const DiskNotice = () => {
  const { platform } = useServices();
  const [space, setSpace] = useState<DiskSpace | null>(null);
  useEffect(() => {
    const look = () => platform.diskSpace().then(setSpace, () => undefined);
    void look();
    const timer = setInterval(look, EVERY);
    return () => clearInterval(timer);
  }, [platform]);
  const state = diskState(space);
  if (state === 'ok') return null;
  const left = Math.floor((space?.free ?? 0) / 1024 / 1024);
  const then =
    state === 'low'
      ? '内容照常保存。请清空回收站或移走不用的大文件。'
      : '文字和签名照常保存，暂时不能加照片。请尽快清空回收站或移走不用的大文件。';
  return (
    <Alert
      banner
      type={state === 'low' ? 'warning' : 'error'}
      title={`磁盘快满了，还剩 ${left} MB。${then}`}
    />
  );
};
