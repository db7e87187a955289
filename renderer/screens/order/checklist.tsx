import { CheckCircleFilled, ExclamationCircleFilled, WarningFilled } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { problemsOf } from '../../../domain/order/check.ts';
import { DOCUMENT_TITLES, type DocumentId } from '../../../domain/order/dictionary.ts';
import type { Problem, Severity } from '../../../domain/order/order.ts';
import { focusField } from './focus.ts';
import { useOrder } from './open-order.tsx';
import { CHECKLIST_DOCUMENTS, isMissing, tally } from './problems.ts';
import { ReviewPanel } from './review-panel.tsx';
import { labelOf } from './words.ts';

/** `还缺 3 · 错误 1 · 提醒 2`, leaving out what there is none of; empty when all is well. */
export const tallyText = (problems: readonly Problem[]): string => {
  const { missing, errors, warnings } = tally(problems);
  return [
    missing > 0 && `还缺 ${missing}`,
    errors > 0 && `错误 ${errors}`,
    warnings > 0 && `提醒 ${warnings}`,
  ]
    .filter(Boolean)
    .join(' · ');
};

/** What stops signing comes first. */
const SEVERITIES: readonly Severity[] = ['error', 'warning'];

/** Entries drawn before somebody asks for all: a pasted roster can bring a thousand, at every keystroke. */
const MANY = 50;

type Go = (field: string) => void;

const Entry = ({ problem, go }: { problem: Problem; go: Go }) => (
  <li>
    <button
      type="button"
      className={`checklist-entry ${problem.severity}`}
      onClick={() => go(problem.field)}
    >
      {problem.severity === 'error' ? <ExclamationCircleFilled /> : <WarningFilled />}
      <span>{problem.message}</span>
    </button>
  </li>
);

const DocumentGroup = (props: { document: DocumentId; problems: readonly Problem[]; go: Go }) => {
  const { problems, go } = props;
  const [all, setAll] = useState(false);
  const { annex, title } = DOCUMENT_TITLES[props.document];
  const missing = problems.filter(isMissing);
  const others = problems
    .filter((problem) => !isMissing(problem))
    .sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  const blocked = problems.some(({ severity }) => severity === 'error') || missing.length > 0;
  return (
    <section className="checklist-document" aria-label={`${annex ?? '协议'} ${title}`}>
      <h3>
        <span className="annex">{annex ?? '协议'}</span>
        <span className="title">{title}</span>
        {!blocked && (
          <span className="complete">
            <CheckCircleFilled /> 齐备
          </span>
        )}
      </h3>
      {others.length > 0 && (
        <ul>
          {(all ? others : others.slice(0, MANY)).map((problem) => (
            <Entry key={problem.code + problem.field + problem.message} problem={problem} go={go} />
          ))}
          {others.length > MANY && (
            <li>
              <Button type="link" onClick={() => setAll(!all)}>
                {all ? '收起' : `共 ${others.length} 项，全部列出`}
              </Button>
            </li>
          )}
        </ul>
      )}
      {missing.length > 0 && (
        <div className="checklist-missing">
          <span>还缺 {missing.length} 项</span>
          {missing.map((problem) => (
            <button
              key={problem.field}
              type="button"
              title={problem.message}
              onClick={() => go(problem.field)}
            >
              {labelOf(problem.field)}
            </button>
          ))}
        </div>
      )}
    </section>
  );
};

/** What each document still lacks, and what contradicts what; a click goes to the field. */
export const Checklist = ({ onGo }: { onGo: () => void }) => {
  const { problems } = useOrder();
  const go = (field: string) => {
    onGo();
    focusField(field);
  };
  return (
    <div className="checklist">
      <p className="checklist-summary" role="status">
        {tallyText(problems) || '全部齐备'}
      </p>
      <ReviewPanel go={go} />
      {CHECKLIST_DOCUMENTS.map((document) => (
        <DocumentGroup
          key={document}
          document={document}
          problems={problemsOf(problems, document)}
          go={go}
        />
      ))}
    </div>
  );
};
