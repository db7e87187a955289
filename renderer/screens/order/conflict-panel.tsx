/**
 * Where two people wrote the same field without knowing of each other: both values, who, when, where,
 * and one tap. Nobody is stopped by it: what counts is shown in the form, and work goes on.
 */
import { SwapOutlined } from '@ant-design/icons';
import { App, Button, Modal } from 'antd';
import { useEffect, useMemo, useState } from 'react';
import { signatureState } from '../../../domain/order/signature.ts';
import { type Conflict, conflictsOf, pick } from '../../../domain/sync/conflict.ts';
import type { Version } from '../../../domain/sync/record.ts';
import { useServices, useWorking } from '../../services.tsx';
import { linesOf, otherSide, timeOf, wordsOf } from './conflicts.ts';
import './conflict.css';
import { focusField } from './focus.ts';
import { type OpenOrder, useOrder } from './open-order.tsx';

/** The id of this device, to say which of two values was written here. */
const useDevice = (): string | null => {
  const { store } = useServices();
  const [device, setDevice] = useState<string | null>(null);
  useEffect(() => {
    store.sealed.identity().then(
      (identity) => setDevice(identity.device),
      // Without it every device is called by its number.
      () => undefined,
    );
  }, [store]);
  return device;
};

const placeText = ({ device }: Version, own: string | null): string =>
  device === own ? '本机' : `设备 ${device.slice(-4)}`;

const Choice = (props: {
  version: Version;
  text: string;
  own: string | null;
  isShown: boolean;
  onPick: () => void;
}) => {
  const { version, text, own, isShown } = props;
  return (
    <div className="conflict-choice" data-shown={isShown}>
      <strong>{text}</strong>
      <small>
        {[version.by || '未署名', timeOf(version), placeText(version, own)].join(' · ')}
      </small>
      <Button type={isShown ? 'primary' : 'default'} onClick={props.onPick}>
        {isShown ? '保留这个' : '改用这个'}
      </Button>
    </div>
  );
};

const Entry = (props: {
  conflict: Conflict;
  open: OpenOrder;
  own: string | null;
  onPick: (version: Version) => void;
}) => {
  const { conflict, open, own } = props;
  const { name, field, textOf } = wordsOf(conflict, open);
  return (
    <li data-conflict={conflict.field}>
      {field ? (
        <button type="button" className="conflict-name" onClick={() => focusField(field)}>
          {name}
        </button>
      ) : (
        <span className="conflict-name">{name}</span>
      )}
      <div className="conflict-choices">
        {[conflict.shown, ...conflict.others].map((version) => (
          <Choice
            key={version.change}
            version={version}
            text={textOf(version.value)}
            own={own}
            isShown={version === conflict.shown}
            onPick={() => props.onPick(version)}
          />
        ))}
      </div>
    </li>
  );
};

/** The whole order as it stands, beside the order as the other side has it. */
const Comparison = (props: { open: OpenOrder; conflicts: readonly Conflict[] }) => {
  const { open, conflicts } = props;
  const records = useWorking((working) => working.records.get(open.id));
  const lines = useMemo(
    () => (records ? linesOf(open, otherSide(records, conflicts)) : []),
    [open, records, conflicts],
  );
  return (
    <table className="conflict-table">
      <thead>
        <tr>
          <th>项目</th>
          <th>现在</th>
          <th>另一方</th>
        </tr>
      </thead>
      <tbody>
        {lines.map(({ key, name, texts: [left, right] }) => (
          <tr key={key} data-differs={left !== right}>
            <th scope="row">{name}</th>
            <td>{left || '（空白）'}</td>
            <td>{right || '（空白）'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};

/** Above the form while something waits for a pick; nothing otherwise. */
export const ConflictPanel = () => {
  const open = useOrder();
  const { message } = App.useApp();
  const own = useDevice();
  const [compared, setCompared] = useState(false);
  const records = useWorking((working) => working.records.get(open.id));
  const conflicts = useMemo(() => (records ? conflictsOf(records.values()) : []), [records]);
  if (conflicts.length === 0) return null;
  const isVoid = open.order.signatures.some(
    (signature) => signatureState(open.order, signature) === 'void',
  );
  const choose = (conflict: Conflict, version: Version) =>
    open
      .commit([pick(conflict, version.value)])
      .catch((error: Error) => message.error(error.message));
  return (
    <section className="conflicts" aria-label="两处写得不同的内容">
      <header>
        <h3>有 {conflicts.length} 项两边写得不同，请选一个</h3>
        <Button icon={<SwapOutlined />} onClick={() => setCompared(true)}>
          整单对比
        </Button>
      </header>
      <p>
        写的时候彼此不知道对方，所以两边都留着。选之前不影响继续填写和上传。
        {isVoid && '签名之后内容变了，签名已失效；当时签的文书仍可在“文书”中打开。'}
      </p>
      <ul>
        {conflicts.map((conflict) => (
          <Entry
            key={conflict.record.id + conflict.field}
            conflict={conflict}
            open={open}
            own={own}
            onPick={(version) => choose(conflict, version)}
          />
        ))}
      </ul>
      <Modal
        title="整单对比"
        open={compared}
        width={960}
        footer={null}
        onCancel={() => setCompared(false)}
      >
        <Comparison open={open} conflicts={conflicts} />
      </Modal>
    </section>
  );
};
