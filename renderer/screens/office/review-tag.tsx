import { REVIEW_STATES, type ReviewState } from '../../../domain/review/review.ts';

const TAGS: Readonly<Record<ReviewState, string>> = {
  uploaded: '',
  reviewing: 'sending',
  returned: 'rejected',
  resubmitted: 'voided',
  passed: 'sent',
};

/** How an order's review stands, and whether the order has changed since it was decided on. */
export const ReviewTag = (props: {
  state: ReviewState;
  changed: boolean;
  reviewer?: string | null;
}) => {
  const { state, changed, reviewer } = props;
  return (
    <span className={`tag ${TAGS[state]}`} title={reviewer ? `审核人：${reviewer}` : undefined}>
      {REVIEW_STATES[state]}
      {changed && state === 'passed' && ' · 之后有改动'}
    </span>
  );
};
