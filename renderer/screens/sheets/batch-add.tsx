import { Button, Input, InputNumber } from 'antd';
import { type FormEvent, useState } from 'react';
import { type Batch, batchRows } from './extension-rows.ts';

/** Most rows at once, as many as an order can have lines. */
const MOST = 9999;

/** The form of 批量添加: how many rows, and the first value of what is counted up. */
export const BatchAdd = (props: {
  proposal: Batch;
  onAdd: (batch: Batch) => void;
  onClose: () => void;
}) => {
  const [batch, setBatch] = useState(props.proposal);
  const rows = batchRows({ ...batch, count: Math.min(batch.count, MOST) });
  const first = rows[0]?.number;
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (batch.count > 0) props.onAdd(batch);
  };
  const text = (key: 'number' | 'shortNumber' | 'port', label: string, placeholder: string) => (
    <label htmlFor={`batch-${key}`} className={`batch-${key}`}>
      {label}
      <Input
        id={`batch-${key}`}
        value={batch[key]}
        placeholder={placeholder}
        inputMode={key === 'port' ? 'text' : 'numeric'}
        autoFocus={key === 'number'}
        onChange={(event) => setBatch({ ...batch, [key]: event.target.value })}
      />
    </label>
  );
  return (
    <form className="sheet-batch" aria-label="批量添加分机" onSubmit={add}>
      <label htmlFor="batch-count" className="batch-count">
        行数
        <InputNumber
          id="batch-count"
          min={1}
          max={MOST}
          precision={0}
          value={batch.count}
          onChange={(count) => setBatch({ ...batch, count: count ?? 0 })}
        />
      </label>
      {text('number', '第一个号码', '04770000001')}
      {text('shortNumber', '第一个短号（可不填）', '601')}
      {text('port', '第一个端口（可不填）', '1-01')}
      <div className="batch-buttons">
        <Button type="primary" htmlType="submit" disabled={batch.count < 1}>
          添加 {batch.count} 行
        </Button>
        <Button onClick={props.onClose}>取消</Button>
      </div>
      <p className="sheet-hint">
        {first ? `号码逐行加一：${first} 至 ${rows.at(-1)?.number}` : '号码可以先空着，以后再填。'}
      </p>
    </form>
  );
};
