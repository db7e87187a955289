import { useRef, useState } from 'react';
import { isReviewed, type Remark } from '../../../domain/review/review.ts';
import type { ReviewRequest, Rounds } from '../../../domain/review/wire.ts';
import type { FieldState } from '../../../domain/sync/wire.ts';
import { useServices } from '../../services.tsx';
import { useAccount } from '../accounts/use-account.ts';
import type { Remarks } from './remarks.tsx';
import type { Deciding } from './review-card.tsx';

/** The review of an order as the person at this screen may go on with it. */
export const useReview = (props: {
  id: string;
  fields: readonly FieldState[];
  rounds: Rounds;
  refresh: () => void;
}): { rounds: Rounds; remarks: Remarks; deciding: Deciding } => {
  const { id, fields, refresh } = props;
  const { sync } = useServices();
  const account = useAccount();
  const [loaded, setLoaded] = useState(props.rounds);
  /** What the service last answered to a step; null until then, and after the screen has loaded anew. */
  const [answered, setAnswered] = useState<Rounds | null>(null);
  if (loaded !== props.rounds) {
    setLoaded(props.rounds);
    setAnswered(null);
  }
  /** The remarks that the service has yet to take. */
  const [draft, setDraft] = useState<readonly Remark[] | null>(null);
  /** Whether a step that cannot be asked for twice is under way. Remarks may follow each other. */
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const before = useRef<Promise<void>>(Promise.resolve());
  const rounds = answered ?? props.rounds;
  const last = rounds.rounds.at(-1);
  const isOpen = last !== undefined && last.decidedAt === null;
  const isMine = isOpen && last.reviewer.id === account?.user;
  const all = (isMine && draft) || (isOpen ? last.remarks : []);

  const step = async (request: ReviewRequest, remarks: readonly Remark[] | null) => {
    setProblem(null);
    try {
      setAnswered(await sync.office.review(id, request));
      // What was written meanwhile follows.
      setDraft((kept) => (kept === remarks ? null : kept));
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      // Somebody else went on with it, or more has arrived: what there is now is shown.
      refresh();
    }
    if (request.act !== 'remark') setBusy(false);
  };
  /** One after the other: a list of remarks that came late would take the place of a later one. */
  const ask = (request: ReviewRequest, remarks: readonly Remark[] | null = draft) => {
    if (request.act !== 'remark') setBusy(true);
    before.current = before.current.then(() => step(request, remarks));
  };
  const seen = Math.max(
    0,
    ...fields.filter(({ field }) => isReviewed(field)).map(({ seq }) => seq),
  );
  const round = last?.round ?? 0;
  const change = (remarks: readonly Remark[]) => {
    setDraft(remarks);
    ask({ act: 'remark', round, remarks: [...remarks] }, remarks);
  };
  return {
    rounds,
    remarks: { all, change: isMine ? change : undefined },
    deciding: {
      busy,
      problem,
      start:
        account?.role === 'reviewer' ? () => ask({ act: 'start', takeOver: isOpen }) : undefined,
      decide: isMine
        ? (decision) => ask({ act: 'decide', round, decision, remarks: [...all], seen })
        : undefined,
    },
  };
};
