import { DeleteOutlined, InsertRowBelowOutlined } from '@ant-design/icons';
import { memo } from 'react';
import { EXTENSION_FACTS, type ExtensionKey } from '../../../domain/order/dictionary.ts';
import type { Extension, Problem } from '../../../domain/order/order.ts';
import { EXTENSION_COLUMNS, isNumberColumn } from './extension-rows.ts';
import { CellInput, messageInRow, sameProblems, worst } from './sheet-cell.tsx';

interface ExtensionRowProps {
  /** From 0. */
  readonly index: number;
  /** The empty row at the table's end, which becomes a row when somebody types in it. */
  readonly isNew: boolean;
  readonly extension: Extension;
  readonly problems: readonly Problem[] | undefined;
  readonly selected: boolean;
  /** Where the line would be connected when no port is typed. */
  readonly place: string;
}

/**
 * One row of the extension table. It has no handlers of its own: the table listens for all rows, so
 * that a keystroke draws one row anew and not two hundred.
 */
export const ExtensionRow = memo(
  ({ index, isNew, extension, problems = [], selected, place }: ExtensionRowProps) => {
    const name = (column: ExtensionKey) => `extensions[${index}].${column}`;
    const cell = (column: ExtensionKey) => {
      const field = name(column);
      const state = worst(problems.filter((problem) => problem.field === field))?.severity;
      const shared = {
        'data-row': index,
        'data-column': column,
        'data-field': field,
        'aria-label': `第 ${index + 1} 行 ${EXTENSION_FACTS[column].label}`,
        'aria-invalid': state === 'error',
        field,
      };
      const value = extension[column];
      return (
        <td key={column} className={`sheet-cell ${state ?? ''}`} data-cell={column}>
          {column === 'cabled' ? (
            <label htmlFor={field} className="sheet-check">
              <CellInput
                {...shared}
                id={field}
                type="checkbox"
                value="on"
                checked={value === true}
                onChange={() => undefined}
              />
              {value === undefined ? '' : value ? '是' : '否'}
            </label>
          ) : (
            <CellInput
              {...shared}
              type="text"
              inputMode={isNumberColumn(column) ? 'numeric' : 'text'}
              value={typeof value === 'string' ? value : ''}
              placeholder={column === 'port' ? place : undefined}
            />
          )}
        </td>
      );
    };
    return (
      <>
        <tr className={`sheet-row ${isNew ? 'new' : ''} ${selected ? 'selected' : ''}`}>
          <th scope="row">
            {isNew ? (
              <span title="在这一行输入即可添加">＋</span>
            ) : (
              <button
                type="button"
                tabIndex={-1}
                data-select={index}
                aria-pressed={selected}
                aria-label={`选择第 ${index + 1} 行`}
              >
                {index + 1}
              </button>
            )}
          </th>
          {EXTENSION_COLUMNS.map(cell)}
          <td className="sheet-actions">
            {!isNew && (
              <>
                <button
                  type="button"
                  tabIndex={-1}
                  data-insert={index}
                  title="在下面插入一行"
                  aria-label={`在第 ${index + 1} 行下面插入一行`}
                >
                  <InsertRowBelowOutlined />
                </button>
                <button
                  type="button"
                  tabIndex={-1}
                  data-remove={index}
                  title="删除这一行"
                  aria-label={`删除第 ${index + 1} 行`}
                >
                  <DeleteOutlined />
                </button>
              </>
            )}
          </td>
        </tr>
        {problems.length > 0 && (
          <tr className="sheet-problems">
            <th />
            <td colSpan={EXTENSION_COLUMNS.length + 1}>
              {problems.map((problem) => (
                <span key={problem.code + problem.field} className={problem.severity}>
                  {messageInRow(problem)}
                </span>
              ))}
            </td>
          </tr>
        )}
      </>
    );
  },
  (before, after) =>
    before.index === after.index &&
    before.isNew === after.isNew &&
    before.extension === after.extension &&
    before.selected === after.selected &&
    before.place === after.place &&
    sameProblems(before.problems, after.problems),
);
