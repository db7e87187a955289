import { CloseCircleFilled, RightOutlined, WarningFilled } from '@ant-design/icons';
import { Alert } from 'antd';
import type { Problem } from '../../../domain/order/order.ts';

/** Problems as finger-sized lines that go to their field. */
export const ProblemList = (props: {
  problems: readonly Problem[];
  onGo: (field: string) => void;
}) => (
  <ul className="signing-problems">
    {props.problems.map((problem) => (
      <li key={`${problem.code} ${problem.field} ${problem.message}`}>
        <button type="button" onClick={() => props.onGo(problem.field)}>
          {problem.severity === 'error' ? (
            <CloseCircleFilled className="is-error" />
          ) : (
            <WarningFilled className="is-warning" />
          )}
          <span>{problem.message}</span>
          <RightOutlined />
        </button>
      </li>
    ))}
  </ul>
);

/** Errors stop signing; each is one tap away from its field. */
export const ProblemsStep = (props: {
  errors: readonly Problem[];
  onGo: (field: string) => void;
}) => (
  <div className="signing-column signing-scroll">
    <Alert
      type="error"
      showIcon
      title={`先解决以下 ${props.errors.length} 项，再签署`}
      description="点一项就到填写的地方。改好后回到“签署”继续。"
    />
    <ProblemList problems={props.errors} onGo={props.onGo} />
  </div>
);
