import {
  EXTENSION_FACTS,
  FACT_KEYS,
  FACTS,
  type FactKey,
  type FactType,
  MEMBER_FACTS,
} from './dictionary.ts';
import { repeatedKeys } from './json.ts';
import type { Extension, Facts, Member, Order, Signature } from './order.ts';
import { LATER_KEYS, SIGNATURE_TYPES } from './signature-fields.ts';
import { typeProblem } from './value.ts';

/** The order file: what the app exports and imports and the command line reads. */
export const ORDER_FORMAT = 'onsite-order';
export const ORDER_VERSION = 1;

/** Something in a file that cannot be read. */
export interface FileError {
  /** Where, as `order.customer.name` or `extensions[3].number`; empty for the file as a whole. */
  readonly field: string;
  /** Chinese; says what is expected, without naming the field. */
  readonly message: string;
}

type Json = Readonly<Record<string, unknown>>;
type Fail = (field: string, message: string) => void;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const TOP = ['format', 'version', 'order', 'extensions', 'members', 'signatures'];

/**
 * Reads an order file. Values that are wrong only by a rule are read: `check` tells about them.
 *
 * @returns the order, or everything that cannot be read: no JSON, another format or version,
 *   unknown keys, keys given twice, values of another type
 */
export function parseOrderFile(
  text: string,
): { readonly order: Order } | { readonly errors: readonly FileError[] } {
  const whole = (message: string) => ({ errors: [{ field: '', message }] });
  let file: unknown;
  try {
    file = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    return whole('不是有效的 JSON 文件');
  }
  if (!isObject(file)) return whole('不是工单文件：最外层应为 JSON 对象');
  if (file.format !== ORDER_FORMAT) {
    return { errors: [{ field: 'format', message: `不是工单文件：应为 "${ORDER_FORMAT}"` }] };
  }
  if (file.version !== ORDER_VERSION) {
    const message = `版本不支持：应为 ${ORDER_VERSION}，请用较新的勘签打开`;
    return { errors: [{ field: 'version', message }] };
  }

  const errors: FileError[] = [];
  const fail: Fail = (field, message) => errors.push({ field, message });
  for (const key of repeatedKeys(text)) fail(key, '重复出现，请只留一个');
  for (const key of Object.keys(file)) if (!TOP.includes(key)) fail(key, '没有这个字段');
  const order: Order = {
    facts: readFacts(file.order, fail),
    extensions: readRows<Extension>(file, 'extensions', typesOf(EXTENSION_FACTS), fail),
    members: readRows<Member>(file, 'members', typesOf(MEMBER_FACTS), fail),
    signatures: readRows<Signature>(file, 'signatures', SIGNATURE_TYPES, fail, SIGNATURE_KEYS).map(
      (signature) => ({
        ...signature,
        pdfs: signature.pdfs ?? {},
        templates: signature.templates ?? {},
      }),
    ),
  };
  return errors.length > 0 ? { errors } : { order };
}

const SIGNATURE_KEYS = Object.keys(SIGNATURE_TYPES).filter((key) => !LATER_KEYS.includes(key));

type Types = Readonly<Record<string, (value: unknown) => string | null>>;

const typesOf = (table: Readonly<Record<string, { type: FactType }>>): Types =>
  Object.fromEntries(
    Object.entries(table).map(([key, { type }]) => [key, (value) => typeProblem(type, value)]),
  );

/** Whether the key is the name of a group of facts, such as `customer.contact`. */
const isGroup = (key: string) => FACT_KEYS.some((fact) => fact.startsWith(`${key}.`));

const isFact = (key: string): key is FactKey => Object.hasOwn(FACTS, key);

/** The facts out of objects nested by the parts of their keys, or with the dotted keys themselves. */
function readFacts(value: unknown, fail: Fail): Facts {
  const facts: Record<string, unknown> = {};
  const read = (group: unknown, prefix: string) => {
    if (!isObject(group)) {
      fail(`order${prefix && `.${prefix}`}`, '应为 JSON 对象');
      return;
    }
    for (const [name, item] of Object.entries(group)) {
      const key = prefix === '' ? name : `${prefix}.${name}`;
      if (isFact(key)) {
        const reason = typeProblem(FACTS[key].type, item);
        if (reason) fail(`order.${key}`, reason);
        else if (Object.hasOwn(facts, key)) fail(`order.${key}`, '重复出现，请只留一个');
        else facts[key] = item;
      } else if (isGroup(key)) read(item, key);
      else fail(`order.${key}`, '没有这个字段');
    }
  };
  if (value !== undefined) read(value, '');
  // Every key is of the dictionary and its value was just checked.
  return facts as Facts;
}

function readRows<T>(
  file: Json,
  name: string,
  types: Types,
  fail: Fail,
  required: readonly string[] = [],
): T[] {
  const rows = file[name];
  if (rows === undefined) return [];
  if (!Array.isArray(rows)) {
    fail(name, '应为数组');
    return [];
  }
  for (const [index, row] of rows.entries()) {
    const at = `${name}[${index}]`;
    if (!isObject(row)) {
      fail(at, '应为 JSON 对象');
      continue;
    }
    for (const [key, value] of Object.entries(row)) {
      const reason = Object.hasOwn(types, key) ? types[key]?.(value) : '没有这个字段';
      if (reason) fail(`${at}.${key}`, reason);
    }
    for (const key of required) if (!Object.hasOwn(row, key)) fail(`${at}.${key}`, '缺少这一项');
  }
  // Every row's keys and values were just checked; when one is wrong, the errors are returned instead.
  return rows as T[];
}

/** Writes an order file: nested, in the order of the dictionary, so that two exports compare line by line. */
export function printOrderFile(order: Order): string {
  const nested: Record<string, unknown> = {};
  for (const key of FACT_KEYS) {
    const value = order.facts[key];
    if (value === undefined) continue;
    const path = key.split('.');
    const name = path.pop() ?? key;
    let group = nested;
    for (const step of path) {
      const next = isObject(group[step]) ? { ...group[step] } : {};
      group[step] = next;
      group = next;
    }
    group[name] = value;
  }
  const { extensions, members, signatures } = order;
  const file = {
    format: ORDER_FORMAT,
    version: ORDER_VERSION,
    order: nested,
    extensions,
    members,
    signatures,
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}
