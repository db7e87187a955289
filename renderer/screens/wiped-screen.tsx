import { useEffect, useState } from 'react';
import { Notice } from './notice.tsx';

/** Milliseconds between two attempts to tell the service. */
const AGAIN = 30_000;

/** All that a wiped device still shows. */
export const WipedScreen = (props: { finish: () => Promise<boolean> }) => {
  const { finish } = props;
  const [done, setDone] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let left = false;
    const attempt = async () => {
      const finished = await finish().catch(() => false);
      if (left) return;
      setDone(finished);
      if (!finished) timer = setTimeout(attempt, AGAIN);
    };
    void attempt();
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [finish]);
  return (
    <Notice title="这台设备已被清除">
      <p>管理员已将这台设备报失。勘签在上面保存的工单、签名和照片都已清除，无法恢复。</p>
      <p>已上传的内容都在后台。如果您捡到了这台设备，请联系它的主人或所属单位。</p>
      <p role="status">{done ? '后台已收到清除的消息。' : '联网后会告诉后台已经清除。'}</p>
    </Notice>
  );
};
