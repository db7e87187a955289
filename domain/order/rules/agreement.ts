import { computedTotalFee } from '../derived.ts';
import type { Facts } from '../order.ts';
import { factProblem, type Rule } from '../problem.ts';
import { isFilled } from '../value.ts';

const yuan = (fen: number) => (fen / 100).toFixed(2);

/** Kinds of the cover and actions of the acceptance form that rule each other out. */
function contradiction({ kinds = [], 'acceptance.actions': actions = [] }: Facts) {
  if (!actions.includes('cancel')) return null;
  if (kinds.includes('new') || actions.includes('open'))
    return '中的“退订”不宜与新增、开通同办，请核对';
  return kinds.length > 0 && actions.length === 1
    ? '只有“退订”，封面的业务类型应不选，请核对'
    : null;
}

/** Facts that must agree with each other. */
export const agreement: Rule = ({ order, stage }, report) => {
  const { facts, extensions, members } = order;
  const lines = facts['survey.lineCount'];

  if (lines !== undefined && extensions.length !== lines) {
    report(
      factProblem(
        'survey.lineCount',
        'extension-count',
        stage === 'signing' ? 'error' : 'warning',
        `为 ${lines} 线，分机表有 ${extensions.length} 行，请补齐分机或改正线数`,
      ),
    );
  }

  const surveyed = facts['survey.bandwidthMbps'];
  const ordered = facts['service.bandwidthMbps'];
  if (surveyed !== undefined && ordered !== undefined && ordered > surveyed) {
    report(
      factProblem(
        'service.bandwidthMbps',
        'service-bandwidth',
        'error',
        `为 ${ordered} Mbit/s，超过勘察的 ${surveyed} Mbit/s，请改正其一`,
        'survey.bandwidthMbps',
      ),
    );
  }
  const circuits = facts['service.circuits'];
  if (circuits !== undefined && lines !== undefined && circuits > lines) {
    report(
      factProblem(
        'service.circuits',
        'service-circuits',
        'warning',
        `为 ${circuits} 条，多于 ${lines} 线固话，请核对`,
        'survey.lineCount',
      ),
    );
  }

  const total = facts['agreement.totalFee'];
  const computed = computedTotalFee(order);
  if (
    total !== undefined &&
    computed !== undefined &&
    total !== computed &&
    !isFilled(facts['agreement.totalFeeReason'])
  ) {
    report(
      factProblem(
        'agreement.totalFee',
        'total-fee',
        'error',
        `为 ${yuan(total)} 元，按月资费 × 月数应为 ${yuan(computed)} 元，请改正或写明原因`,
      ),
    );
  }

  const { 'agreement.termStart': start, 'agreement.termEnd': end } = facts;
  if (start !== undefined && end !== undefined && end < start) {
    report(factProblem('agreement.termEnd', 'term-order', 'error', `早于起始月 ${start}，请改正`));
  }
  const { 'agreement.outboundFrom': from, 'agreement.outboundTo': to } = facts;
  if (from !== undefined && to !== undefined && to <= from) {
    report(
      factProblem(
        'agreement.outboundTo',
        'outbound-window',
        'error',
        `应晚于 ${from} 且不跨越午夜，请改正`,
      ),
    );
  }
  const copies = facts['agreement.copies'];
  if (copies !== undefined && copies % 2 !== 0) {
    report(
      factProblem('agreement.copies', 'copies-odd', 'error', '应为偶数，双方各执一半，请改正'),
    );
  }

  const action = facts['roster.action'];
  if ((action === 'add' || action === 'remove') && !members.some((row) => isFilled(row.number))) {
    report(
      factProblem(
        'roster.action',
        'roster-empty',
        action === 'remove' ? 'error' : 'warning',
        `为${action === 'remove' ? '取消' : '增加'}成员，但成员表没有号码，请至少填写一个成员`,
      ),
    );
  }
  const contradicts = contradiction(facts);
  if (contradicts) {
    report(
      factProblem('acceptance.actions', 'actions-contradict', 'warning', contradicts, 'kinds'),
    );
  }
};
