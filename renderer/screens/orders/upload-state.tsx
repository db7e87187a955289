import { REVIEW_STATES, type ReviewState } from '../../../domain/review/review.ts';
import { useWorking } from '../../services.tsx';
import type { OrderSummary, UploadState } from '../../store/store.ts';
import { uploadStateOf } from '../../sync/upload-state.ts';

/** What the states are called; their tag's colour goes by the state. */
export const UPLOAD_STATES: Readonly<Record<UploadState, string>> = {
  waiting: '待上传',
  sending: '上传中',
  sent: '已上传',
  rejected: '未被接受',
};

const REVIEW_TAGS: Readonly<Record<ReviewState, string>> = {
  uploaded: 'sent',
  reviewing: 'sending',
  returned: 'rejected',
  resubmitted: 'sending',
  passed: 'sent',
};

/** An order's upload state as a tag, with how much is unsent. */
export const UploadTag = ({ summary }: { summary: OrderSummary }) => {
  const state = useWorking((working) => uploadStateOf(summary, working.sync));
  const unsent = summary.unsent + summary.unsentAttachments;
  const { review } = summary;
  // Once everything is there, what the office says of it is what matters; a return matters always.
  const isSaid = review && (state === 'sent' || review === 'returned');
  return (
    <>
      {isSaid && <span className={`tag ${REVIEW_TAGS[review]}`}>{REVIEW_STATES[review]}</span>}
      {!(isSaid && state === 'sent') && (
        <span className={`tag ${state}`} title={unsent > 0 ? `${unsent} 项还没有上传` : undefined}>
          {UPLOAD_STATES[state]}
          {unsent > 0 && ` ${unsent}`}
        </span>
      )}
    </>
  );
};

/** How far an order is signed, of the three who sign. */
export const SigningTag = ({ summary: { signed, voided } }: { summary: OrderSummary }) => {
  if (voided > 0) return <span className="tag voided">有签名失效</span>;
  if (signed === 0) return <span className="tag">未签署</span>;
  return <span className={signed < 3 ? 'tag' : 'tag sent'}>已签署 {signed}/3</span>;
};
