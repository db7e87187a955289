import { Alert } from 'antd';
import { useEffect, useState } from 'react';
import type { DiskSpace } from '../../../domain/shell/contract.ts';
import { diskState } from '../../platform/disk.ts';
import { useServices, useWorking } from '../../services.tsx';

/** Between two looks at the disk, in ms: often while it is nearly full, when somebody may be making room. */
const EVERY = { ok: 30_000, full: 3_000 } as const;

/** Says early that the disk is nearly full, over whatever screen the person is on. */
export const DiskNotice = () => {
  const { platform } = useServices();
  const [space, setSpace] = useState<DiskSpace | null>(null);
  const failed = useWorking(({ saving }) => saving.state === 'failed');
  const state = diskState(space);
  const every = state === 'ok' && !failed ? EVERY.ok : EVERY.full;
  useEffect(() => {
    const look = () => platform.diskSpace().then(setSpace, () => undefined);
    // At once, too, when a save fails or succeeds again.
    void look();
    const timer = setInterval(look, every);
    return () => clearInterval(timer);
  }, [platform, every]);
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
