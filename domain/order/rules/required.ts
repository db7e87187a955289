import { FACT_KEYS, type FactKey, factDefinition } from '../dictionary.ts';
import { extensionPlace, factProblem, memberPlace, problemAt, type Rule } from '../problem.ts';
import { needsOf } from '../requirements.ts';
import { isFilled } from '../value.ts';

const verb = (key: FactKey) => {
  const { kind } = factDefinition(key).type;
  return kind === 'choice' || kind === 'choices' || kind === 'boolean' ? '请选择' : '请填写';
};

/** What the order's kinds and actions need and is not filled. */
export const required: Rule = function* ({ order }) {
  const { facts, extensions, members } = order;
  const needs = needsOf(order);
  const missing = (key: FactKey, says: string = verb(key)) =>
    factProblem(key, 'required', 'error', `未填，${says}`);

  for (const key of FACT_KEYS) {
    const { need } = factDefinition(key);
    if (need === undefined || !needs.has(need) || isFilled(facts[key])) continue;
    yield key === 'survey.lineCount' && facts.kinds?.includes('expansion')
      ? missing(key, '请填写扩容后的线数')
      : missing(key);
  }
  if (members.length > 0 && facts['roster.action'] === undefined) yield missing('roster.action');
  if (facts['roster.action'] === 'other' && !isFilled(facts['roster.actionOther'])) {
    yield missing('roster.actionOther');
  }
  for (const [index, row] of extensions.entries()) {
    if (!isFilled(row.number)) {
      yield problemAt(
        extensionPlace(index, 'number'),
        'required',
        'error',
        '未填，请填写或删除该行',
      );
    }
  }
  for (const [index, row] of members.entries()) {
    if (row.slot === undefined) {
      yield problemAt(memberPlace(index, 'slot', undefined), 'required', 'error', '未填，请填写');
    }
    if (!isFilled(row.number)) {
      yield problemAt(
        memberPlace(index, 'number', row.slot),
        'required',
        'error',
        '未填，请填写或移除该成员',
      );
    }
  }
};
