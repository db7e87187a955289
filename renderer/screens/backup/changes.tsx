import { FACT_KEYS, factDefinition } from '../../../domain/order/dictionary.ts';
import type { OrderChange, RestorePlan } from '../../backup/restore.ts';

/** Facts that are named; the rest is counted. */
const NAMED = 3;

const labelsOf = ({ taken }: OrderChange['difference']): string[] => {
  const fields = new Set(taken.map(({ field }) => field));
  return FACT_KEYS.filter((key) => fields.has(key)).map((key) => factDefinition(key).label);
};

/** What of an order would change, in a line. */
export const changeWords = ({ difference }: OrderChange): string => {
  const { isNew, taken, kept, unsent, attachments } = difference;
  const names = labelsOf(difference);
  const some = names.slice(0, NAMED).join('、');
  const named = some && names.length + (taken.length - names.length) > NAMED ? `${some}等` : some;
  const parts = [
    isNew ? `本机没有，取回 ${taken.length} 项` : '',
    !isNew && taken.length > 0 ? `取回 ${taken.length} 项${named ? `（${named}）` : ''}` : '',
    attachments.length > 0 ? `${attachments.length} 个附件` : '',
    unsent > 0 ? `${unsent} 项重新排队上传` : '',
    kept > 0 ? `${kept} 项本机较新，保持不变` : '',
  ];
  return parts.filter((part) => part !== '').join('，');
};

export const ChangeRow = ({ change }: { change: OrderChange }) => (
  <li>
    <div>
      <strong>{change.customer || '（未填集团名称）'}</strong>
      <small>{change.number}</small>
    </div>
    <span className="what">{changeWords(change)}</span>
  </li>
);

/** What the whole backup would change, in a sentence. */
export const planWords = ({ changes, same }: RestorePlan): string => {
  const fresh = changes.filter(({ difference }) => difference.isNew).length;
  const keeps = changes.filter(
    ({ difference: { isNew, taken, unsent, attachments } }) =>
      !isNew && taken.length + unsent + attachments.length === 0,
  ).length;
  const parts = [
    fresh > 0 ? `${fresh} 份工单是本机没有的` : '',
    changes.length - fresh - keeps > 0 ? `${changes.length - fresh - keeps} 份会补上内容` : '',
    keeps > 0 ? `${keeps} 份本机较新，不变` : '',
    same > 0 ? `${same} 份完全相同` : '',
  ].filter((part) => part !== '');
  return parts.length > 0 ? `${parts.join('，')}。` : '备份里没有工单。';
};
