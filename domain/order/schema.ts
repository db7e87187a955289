import {
  DOCUMENT_IDS,
  EXTENSION_FACTS,
  FACT_KEYS,
  FACT_SECTIONS,
  type FactType,
  factDefinition,
  MEMBER_FACTS,
  type RowFactDefinition,
} from './dictionary.ts';
import { ORDER_FORMAT, ORDER_VERSION } from './file.ts';
import { SIGNATORY_ROLES } from './order.ts';
import { DEVICE_KEYS, HASH, INSTANT, POINT_KEYS } from './signature-fields.ts';
import { TEXT_LIMIT } from './value.ts';

type Schema = Readonly<Record<string, unknown>>;

const TEXT = { type: 'string', maxLength: TEXT_LIMIT };
const HASH_TEXT = { type: 'string', pattern: HASH.source };

const optionsOf = (options: Readonly<Record<string, string>>): Schema => ({
  enum: Object.keys(options),
  description: Object.entries(options)
    .map(([value, label]) => (value === label ? value : `${value} ${label}`))
    .join('，'),
});

/** The schema of a value, and what people should know about it that is a rule and not its type. */
function schemaOfType(type: FactType): { schema: Schema; note?: string } {
  switch (type.kind) {
    case 'text':
      return { schema: TEXT, note: `最多 ${type.max} 个字` };
    case 'number': {
      const unit = type.unit ? `，单位 ${type.unit}` : '';
      const kind = type.integer ? '整数' : '数';
      return { schema: { type: 'number' }, note: `${type.min}–${type.max} 的${kind}${unit}` };
    }
    case 'money':
      return {
        schema: {
          type: 'integer',
          minimum: Number.MIN_SAFE_INTEGER,
          maximum: Number.MAX_SAFE_INTEGER,
        },
        note: '单位：分',
      };
    case 'boolean':
      return { schema: { type: 'boolean' }, note: `true ${type.yes}，false ${type.no}` };
    case 'date':
      return { schema: { type: 'string', format: 'date' }, note: 'YYYY-MM-DD' };
    case 'month':
      return {
        schema: { type: 'string', pattern: '^[1-9]\\d{3}-(0[1-9]|1[0-2])$' },
        note: 'YYYY-MM',
      };
    case 'time':
      return { schema: { type: 'string', pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' }, note: 'HH:MM' };
    case 'choice':
      return { schema: { type: 'string', ...optionsOf(type.options) } };
    case 'choices':
      return { schema: { type: 'array', items: optionsOf(type.options), uniqueItems: true } };
  }
}

function schemaOf({ label, type, hint }: RowFactDefinition): Schema {
  const { schema, note } = schemaOfType(type);
  const description = [schema.description, note, hint].filter(Boolean).join('；');
  return { title: label, ...schema, ...(description && { description }) };
}

const object = (title: string, properties: Schema, more: Schema = {}): Schema => ({
  title,
  type: 'object',
  additionalProperties: false,
  ...more,
  properties,
});

const GROUPS: Readonly<Record<string, string>> = {
  ...FACT_SECTIONS,
  customer: '甲方（集团客户）',
  carrier: '乙方',
  survey: '勘察（附件3）',
  acceptance: '受理（附件4）',
  contact: '联系人',
  payer: '付款账户',
  payee: '收款账户',
  agent: '业务经办人',
  remarks: '备注，每行一项',
};

/** The facts nested by the parts of their keys, as the order file has them. */
function factsSchema(prefix: string, title: string): Schema {
  const properties: Record<string, Schema> = {};
  for (const key of FACT_KEYS) {
    if (!key.startsWith(prefix)) continue;
    const [name = '', ...deeper] = key.slice(prefix.length).split('.');
    if (deeper.length === 0) properties[name] = schemaOf(factDefinition(key));
    else properties[name] ??= factsSchema(`${prefix}${name}.`, GROUPS[name] ?? name);
  }
  return object(title, properties);
}

const rowSchema = (title: string, table: Readonly<Record<string, RowFactDefinition>>): Schema =>
  object(
    title,
    Object.fromEntries(
      Object.entries(table).map(([key, definition]) => [key, schemaOf(definition)]),
    ),
  );

const POINT = object(
  '笔迹点',
  Object.fromEntries(POINT_KEYS.map((key) => [key, { type: 'number' }])),
  { required: POINT_KEYS },
);

const SIGNATURE = object(
  '签名',
  {
    role: { title: '身份', type: 'string', ...optionsOf(SIGNATORY_ROLES) },
    name: { title: '姓名', ...TEXT },
    documents: { title: '签署的文书', type: 'array', items: { enum: DOCUMENT_IDS } },
    strokes: {
      title: '笔迹',
      description: '每笔一组点；x、y 为像素，time 为毫秒，pressure 为 0–1',
      type: 'array',
      items: { type: 'array', items: POINT },
    },
    signedAt: {
      title: '签署时间',
      description: 'ISO 8601，带时区',
      type: 'string',
      pattern: INSTANT.source,
    },
    pdfs: {
      title: '签署前所读 PDF 的 SHA-256',
      type: 'object',
      additionalProperties: false,
      properties: Object.fromEntries(DOCUMENT_IDS.map((document) => [document, HASH_TEXT])),
    },
    templates: {
      title: '各文书的模板',
      description: '模板包的 SHA-256，或版式版本',
      type: 'object',
      additionalProperties: false,
      properties: Object.fromEntries(DOCUMENT_IDS.map((document) => [document, TEXT])),
    },
    device: object(
      '签署设备',
      {
        id: { title: '设备编号', ...TEXT },
        installer: { title: '装维人员', ...TEXT },
        clockOffset: {
          title: '时钟偏差',
          description: '本机时钟比服务时钟快多少毫秒；没有对过时为 null',
          type: ['integer', 'null'],
        },
        key: {
          title: '封存公钥的 SHA-256',
          description: '不能封存的设备为 null',
          type: ['string', 'null'],
          pattern: HASH.source,
        },
      },
      { required: DEVICE_KEYS },
    ),
    digest: { title: '摘要', description: '签署事实的 SHA-256', ...HASH_TEXT },
  },
  { required: ['role', 'name', 'documents', 'strokes', 'signedAt', 'digest'] },
);

/**
 * The JSON Schema (draft 2020-12) of the order file, from the dictionary. It describes what can be
 * read; what must be right before signing is told by `check`. A fact's dotted key written out
 * (`"customer.name"`) is read as well, but not part of the schema.
 */
export const orderJsonSchema = (): object => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  ...object(
    '勘签工单文件',
    {
      format: { const: ORDER_FORMAT },
      version: { const: ORDER_VERSION },
      order: factsSchema('', '工单'),
      extensions: { title: '分机表', type: 'array', items: rowSchema('分机', EXTENSION_FACTS) },
      members: { title: '成员表', type: 'array', items: rowSchema('成员', MEMBER_FACTS) },
      signatures: { title: '签名', type: 'array', items: SIGNATURE },
    },
    {
      description: '没有填写的项不写；金额为整数分；长号码（账号、证件号）一律为字符串。',
      required: ['format', 'version'],
    },
  ),
});
