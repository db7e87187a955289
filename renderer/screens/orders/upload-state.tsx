import { Tag } from 'antd';
import { useWorking } from '../../services.tsx';
import type { OrderSummary, UploadState } from '../../store/store.ts';
import { uploadStateOf } from '../../sync/upload-state.ts';

/** What the states are called, and their tag's colour. */
export const UPLOAD_STATES: Readonly<Record<UploadState, { label: string; colour: string }>> = {
  waiting: { label: '待上传', colour: 'default' },
  sending: { label: '上传中', colour: 'processing' },
  sent: { label: '已上传', colour: 'success' },
  rejected: { label: '被退回', colour: 'error' },
};

/** An order's upload state as a tag, with how much is unsent. */
export const UploadTag = ({ summary }: { summary: OrderSummary }) => {
  const state = useWorking((working) => uploadStateOf(summary, working.sync));
  const unsent = summary.unsent + summary.unsentAttachments;
  const { label, colour } = UPLOAD_STATES[state];
  return (
    <Tag color={colour} title={unsent > 0 ? `${unsent} 项还没有上传` : undefined}>
      {label}
      {unsent > 0 && ` ${unsent}`}
    </Tag>
  );
};

/** How far an order is signed, of the three who sign. */
export const SigningTag = ({ summary: { signed, voided } }: { summary: OrderSummary }) => {
  if (voided > 0) return <Tag color="warning">有签名失效</Tag>;
  if (signed === 0) return <Tag>未签署</Tag>;
  return <Tag color={signed >= 3 ? 'success' : 'default'}>已签署 {signed}/3</Tag>;
};
