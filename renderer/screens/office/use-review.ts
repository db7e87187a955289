import { useState } from 'react';
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
  /** What the service last answered to a step; what the screen loaded counts until then, and after a reload. */
  const [answered, setAnswered] = useState<{ to: Rounds; rounds: Rounds } | null>(null);
  const [draft, setDraft] = useState<readonly Remark[] | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const rounds = answered?.to === props.rounds ? answered.rounds : props.rounds;
  const last = rounds.rounds.at(-1);
  const isOpen = last !== undefined && last.decidedAt === null;
  const isMine = isOpen && last.reviewer.id === account?.user;
  const all = (isOpen && draft) || (isOpen ? last.remarks : []);

  const ask = async (request: ReviewRequest) => {
    setBusy(true);
    setProblem(null);
    try {
      setAnswered({ to: props.rounds, rounds: await sync.office.review(id, request) });
      setDraft(null);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      // Somebody else went on with it, or more has arrived: what there is now is shown.
      refresh();
    } finally {
      setBusy(false);
    }
  };
  const seen = Math.max(
    0,
    ...fields.filter(({ field }) => isReviewed(field)).map(({ seq }) => seq),
  );
  const round = last?.round ?? 0;
  const change = (remarks: readonly Remark[]) => {
    setDraft(remarks);
    void ask({ act: 'remark', round, remarks: [...remarks] });
  };
  return {
    rounds,
    remarks: { all, change: isMine && !busy ? change : undefined },
    deciding: {
      busy,
      problem,
      start:
        account?.role === 'reviewer'
          ? () => void ask({ act: 'start', takeOver: isOpen })
          : undefined,
      decide: isMine
        ? (decision) => void ask({ act: 'decide', round, decision, remarks: [...all], seen })
        : undefined,
    },
  };
};
