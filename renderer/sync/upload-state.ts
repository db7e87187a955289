import type { OrderSummary, SyncState, UploadState } from '../store/store.ts';

/** Where an order's upload is: 未被接受 before 上传中 before 待上传; 已上传 only when nothing waits. */
export const uploadStateOf = (
  { id, unsent, unsentAttachments, rejected }: OrderSummary,
  { sending }: Pick<SyncState, 'sending'>,
): UploadState => {
  if (rejected > 0) return 'rejected';
  if (unsent + unsentAttachments === 0) return 'sent';
  return sending.has(id) ? 'sending' : 'waiting';
};
