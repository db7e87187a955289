import { FACTS, type FactKey, factDefinition } from '../../order/dictionary.ts';
import { type BlankKey, DERIVED_BLANKS, type TemplateInline } from './ast.ts';

/** A stretch of a line's text as the Markdown has it. */
export interface Piece {
  readonly text: string;
  readonly line: number;
  readonly strong: boolean;
}

/** Reports what is wrong, in Chinese, at a line from 1. */
export type Fail = (line: number, message: string) => void;

const isFactKey = (key: string): key is FactKey => Object.hasOwn(FACTS, key);
const isBlankKey = (key: string): key is BlankKey =>
  isFactKey(key) || Object.hasOwn(DERIVED_BLANKS, key);

/** The values that a fact can be ticked as; none when it is no choice. */
export function boxValues(key: FactKey): readonly string[] {
  const { type } = factDefinition(key);
  if (type.kind === 'boolean') return ['true', 'false'];
  return type.kind === 'choice' || type.kind === 'choices' ? Object.keys(type.options) : [];
}

/** What `{{…}}` stands for; null, and told, when it stands for nothing. */
function filled(inside: string, line: number, fail: Fail): TemplateInline | null {
  const written = inside.trim();
  const box = /^box\s*:\s*([^=]*?)\s*=\s*(.*)$/.exec(written);
  if (!box) {
    if (isBlankKey(written)) return { kind: 'blank', key: written, line };
    if (/^(parties|signatures\b)/.test(written)) {
      fail(line, `{{${written}}} 要单独占一行，前后空行`);
    } else {
      const hint = written.startsWith('box') ? '，方框应写成 {{box:键=值}}' : '，请核对键名';
      fail(line, `没有“${written}”这一项${hint}`);
    }
    return null;
  }
  const [, key = '', value = ''] = box;
  if (!isFactKey(key)) {
    fail(line, `没有“${key}”这一项，请核对键名`);
    return null;
  }
  const values = boxValues(key);
  if (values.length === 0) {
    fail(line, `“${key}”不是选择项，不能用方框，请写 {{${key}}}`);
  } else if (!values.includes(value)) {
    fail(line, `“${key}”没有“${value}”这个值，可用：${values.join('、')}`);
  } else {
    return { kind: 'box', key, value, line };
  }
  return null;
}

/** The text, blanks and boxes of some pieces, in order. */
export function inlinesOf(pieces: readonly Piece[], fail: Fail): TemplateInline[] {
  return pieces.flatMap(({ text, line, strong }) => {
    // What stands in braces comes out at the odd places.
    const parts = text.split(/\{\{([^{}]*)\}\}/);
    return parts.flatMap((part, index): TemplateInline[] => {
      if (index % 2 === 1) return [filled(part, line, fail) ?? []].flat();
      const lone = /\{\{|\}\}/.exec(part)?.[0];
      if (lone) fail(line, `“${lone}”没有配成一对，应写成 {{键}}，且在同一行内`);
      return part === '' ? [] : [{ kind: 'text', text: part, line, ...(strong && { strong }) }];
    });
  });
}
