import { FACT_KEYS, type FactKey, factDefinition } from '../dictionary.ts';
import { extensionPlace, factProblem, memberPlace, problemAt, type Rule } from '../problem.ts';
import { needsOf } from '../requirements.ts';
import { isFilled } from '../value.ts';

const verb = (key: FactKey) => {
  const { kind } = factDefinition(key).type;
  return kind === 'choice' || kind === 'choices' || kind === 'boolean' ? '请选择' : '请填写';
};

/** What the order's kinds and actions need and is not filled. */
export const required: Rule = ({ order }, report) => {
  const { facts, extensions, members } = order;
  const needs = needsOf(order);
  const missing = (key: FactKey, says: string = verb(key)) =>
    factProblem(key, 'required', 'error', `未填，${says}`);

  for (const key of FACT_KEYS) {
    const { need } = factDefinition(key);
    if (need === undefined || !needs.has(need) || isFilled(facts[key])) continue;
    report(
      key === 'survey.lineCount' && facts.kinds?.includes('expansion')
        ? missing(key, '请填写扩容后的线数')
        : missing(key),
    );
  }
  if (members.length > 0 && facts['roster.action'] === undefined) report(missing('roster.action'));
  if (facts['roster.action'] === 'other' && !isFilled(facts['roster.actionOther'])) {
    report(missing('roster.actionOther'));
  }
  for (const [index, { number }] of extensions.entries()) {
    if (isFilled(number)) continue;
    const says = '未填，请填写或删除该行';
    report(problemAt(extensionPlace(index, 'number'), 'required', 'error', says));
  }
  for (const [index, { slot, number, name, shortNumber }] of members.entries()) {
    if (slot === undefined) {
      report(problemAt(memberPlace(index, 'slot', slot), 'required', 'error', '未填，请填写'));
    }
    // A slot whose number was taken out is an empty slot, unless somebody is still named in it.
    if (!isFilled(number) && (isFilled(name) || isFilled(shortNumber))) {
      const says = '未填，请填写或移除该成员';
      report(problemAt(memberPlace(index, 'number', slot), 'required', 'error', says));
    }
  }
};
