/**
 * The field dictionary: every fact an order can hold, once.
 *
 * The forms, the checks, the order file and its JSON Schema, the change log's field names and the
 * exports are all derived from this table. Adding a fact is one line here and a place in a document.
 */

/** The seven documents an order is printed on, in the order of the paper file. */
export const DOCUMENT_IDS = [
  'agreement',
  'access-agreement',
  'commitment',
  'survey',
  'acceptance',
  'roster',
  'evidence',
] as const;
export type DocumentId = (typeof DOCUMENT_IDS)[number];

/** What each document is called on paper: its annex number, when it is one, and its title. */
export const DOCUMENT_TITLES: Readonly<Record<DocumentId, { annex?: string; title: string }>> = {
  agreement: { title: '客户IMS业务协议' },
  'access-agreement': { annex: '附件1', title: '集团客户入网服务协议' },
  commitment: { annex: '附件2', title: 'IMS业务信息安全责任承诺书' },
  survey: { annex: '附件3', title: 'IMS资源确认表' },
  acceptance: { annex: '附件4', title: '集团客户业务受理/变更单' },
  roster: { annex: '附件5', title: '集团成员受理/变更单' },
  evidence: { title: '签署证据页' },
};

/** Sections of the order workspace in which facts are typed, in the order they are shown. */
export const FACT_SECTIONS = {
  customer: '客户',
  survey: '勘察',
  service: '业务受理',
  roster: '成员',
  agreement: '协议',
} as const;
export type FactSection = keyof typeof FACT_SECTIONS;

/** What kind of value a fact has. Numbers state their unit where they have one. */
export type FactType =
  | { kind: 'text'; max: number; multiline?: true }
  | { kind: 'number'; min: number; max: number; integer: boolean; unit?: string }
  /** An integer number of fen. */
  | { kind: 'money'; max: number }
  /** `YYYY-MM-DD` */
  | { kind: 'date' }
  /** `YYYY-MM` */
  | { kind: 'month' }
  /** `HH:MM`, 00:00–23:59 */
  | { kind: 'time' }
  | { kind: 'boolean'; yes: string; no: string }
  /** One of the options: value → Chinese label as printed. */
  | { kind: 'choice'; options: Readonly<Record<string, string>> }
  /** Any of the options. */
  | { kind: 'choices'; options: Readonly<Record<string, string>> };

/** Names of the rules a single value must pass; `rules.ts` holds the functions. */
export type FormatRule =
  | 'groupNumber'
  | 'creditCode'
  | 'residentId'
  | 'postcode'
  | 'phone'
  | 'fixedLine'
  | 'email'
  | 'bankAccount'
  | 'serviceAccount'
  | 'shortNumber'
  | 'memberNumber';

/**
 * When a fact must be filled: `always`; `survey`, when the order needs a survey; `service`, when
 * it opens or changes a service; `agreement`, when it makes or renews an agreement.
 * `requirements.ts` says which of these hold for an order.
 */
export type Need = 'always' | 'survey' | 'service' | 'agreement';

export interface FactDefinition {
  readonly label: string;
  readonly section: FactSection;
  readonly type: FactType;
  /** The documents that print this fact. */
  readonly printed: readonly DocumentId[];
  readonly need?: Need;
  readonly rules?: readonly FormatRule[];
  /** What the form explains beside the blank. */
  readonly hint?: string;
  /** `settings`: copied from the installer's settings when the order is made. `app`: given by the app, never typed. */
  readonly source?: 'settings' | 'app';
}

const text = (max: number) => ({ kind: 'text', max }) as const;
const lines = (max: number) => ({ kind: 'text', max, multiline: true }) as const;
const whole = <const U extends string>(min: number, max: number, unit: U) =>
  ({ kind: 'number', min, max, integer: true, unit }) as const;
const choice = <const O extends Record<string, string>>(options: O) =>
  ({ kind: 'choice', options }) as const;
const choices = <const O extends Record<string, string>>(options: O) =>
  ({ kind: 'choices', options }) as const;

const PARTIES = ['agreement', 'access-agreement', 'commitment'] as const;
const remark = (row: string) =>
  ({ label: `备注（${row}）`, section: 'survey', type: lines(200), printed: ['survey'] }) as const;

export const FACTS = {
  orderNumber: {
    label: '工单编号',
    section: 'customer',
    type: text(32),
    printed: DOCUMENT_IDS,
    source: 'app',
  },
  groupNumber: {
    label: '集团编号',
    section: 'customer',
    type: text(12),
    printed: ['agreement', 'roster'],
    need: 'agreement',
    rules: ['groupNumber'],
    hint: '四位区号、短横线、七位数字，如 0477-0000001',
  },
  kinds: {
    label: '业务类型（封面）',
    section: 'customer',
    type: choices({ new: '新增', renewal: '续签', tariffChange: '资费变更', expansion: '扩容' }),
    printed: ['agreement'],
    need: 'agreement',
  },

  'customer.name': {
    label: '集团名称',
    section: 'customer',
    type: text(60),
    printed: DOCUMENT_IDS,
    need: 'always',
    hint: '与公章一致，不得简写',
  },
  'customer.type': {
    label: '客户类型',
    section: 'customer',
    type: choice({ A: 'A', B: 'B', C: 'C', D: 'D' }),
    printed: ['survey'],
    need: 'survey',
  },
  'customer.organisation': {
    label: '机构类型',
    section: 'customer',
    type: choice({
      legalEntity: '法人集团',
      soleTrader: '个体经营户',
      cluster: '聚类集团',
      other: '其它组织',
    }),
    printed: ['acceptance'],
    need: 'always',
  },
  'customer.representative': {
    label: '法定代表人/负责人',
    section: 'customer',
    type: text(30),
    printed: ['agreement', 'access-agreement', 'acceptance'],
    need: 'always',
  },
  'customer.certificateType': {
    label: '资质类型',
    section: 'customer',
    type: choice({
      营业执照副本: '营业执照副本',
      事业单位法人证书: '事业单位法人证书',
      组织机构代码证: '组织机构代码证',
      社会团体法人登记证书: '社会团体法人登记证书',
      民办非企业单位登记证书: '民办非企业单位登记证书',
      其他: '其他',
    }),
    printed: ['acceptance'],
    need: 'always',
  },
  'customer.certificateNumber': {
    label: '有效资质编号',
    section: 'customer',
    type: text(40),
    printed: ['acceptance'],
    need: 'always',
    rules: ['creditCode'],
    hint: '18 位统一社会信用代码',
  },
  'customer.address': {
    label: '集团客户地址',
    section: 'customer',
    type: text(100),
    printed: [...PARTIES, 'acceptance'],
    need: 'always',
  },
  'customer.postcode': {
    label: '邮编',
    section: 'customer',
    type: text(6),
    printed: ['agreement', 'survey'],
    need: 'survey',
    rules: ['postcode'],
  },
  'customer.contact.name': {
    label: '联系人',
    section: 'customer',
    type: text(30),
    printed: ['agreement', 'access-agreement', 'survey'],
    need: 'always',
  },
  'customer.contact.phone': {
    label: '联系电话',
    section: 'customer',
    type: text(20),
    printed: ['agreement', 'access-agreement', 'survey'],
    need: 'always',
    rules: ['phone'],
  },
  'customer.contact.email': {
    label: '电子邮箱',
    section: 'customer',
    type: text(80),
    printed: ['agreement', 'survey'],
    rules: ['email'],
  },
  'customer.payer.accountName': {
    label: '付款户名',
    section: 'customer',
    type: text(60),
    printed: ['agreement'],
    need: 'agreement',
  },
  'customer.payer.bank': {
    label: '付款开户行',
    section: 'customer',
    type: text(60),
    printed: ['agreement'],
    need: 'agreement',
  },
  'customer.payer.accountNumber': {
    label: '付款账号',
    section: 'customer',
    type: text(30),
    printed: ['agreement'],
    need: 'agreement',
    rules: ['bankAccount'],
  },

  'survey.appliedOn': {
    label: '申请日期',
    section: 'survey',
    type: { kind: 'date' },
    printed: ['survey'],
    need: 'survey',
  },
  'survey.installAddress': {
    label: '客户安装详细地址',
    section: 'survey',
    type: text(120),
    printed: ['survey'],
    need: 'survey',
    hint: '写到楼层和房间，便于设计',
  },
  'survey.lineCount': {
    label: '用户接入IMS固话数量',
    section: 'survey',
    type: whole(1, 9999, '线'),
    printed: ['survey'],
    need: 'survey',
  },
  'survey.transmission': {
    label: '用户侧传输资源类型',
    section: 'survey',
    type: choice({ PON: 'PON', SDH: 'SDH', PTN: 'PTN', MSTP: 'MSTP' }),
    printed: ['survey'],
    need: 'survey',
  },
  'survey.bandwidthMbps': {
    label: '用户侧传输资源状态',
    section: 'survey',
    type: { kind: 'number', min: 0.1, max: 100_000, integer: false, unit: 'Mbit/s' },
    printed: ['survey'],
    need: 'survey',
    hint: '在用带宽',
  },
  'survey.accessDevice': {
    label: 'IMS接入设备选型',
    section: 'survey',
    type: text(60),
    printed: ['survey'],
    need: 'survey',
  },
  'survey.deviceCount': {
    label: '预计接入设备数量',
    section: 'survey',
    type: whole(1, 999, '台'),
    printed: ['survey'],
    need: 'survey',
  },
  'survey.cabling': {
    label: '用户处是否需要综合布线',
    section: 'survey',
    type: { kind: 'boolean', yes: '是', no: '否' },
    printed: ['survey'],
    need: 'survey',
  },
  'survey.other': {
    label: '其他',
    section: 'survey',
    type: lines(300),
    printed: ['survey'],
  },
  'survey.remarks.lineCount': remark('固话数量'),
  'survey.remarks.transmission': remark('传输资源类型'),
  'survey.remarks.bandwidthMbps': remark('传输资源状态'),
  'survey.remarks.accessDevice': remark('接入设备选型'),
  'survey.remarks.deviceCount': remark('接入设备数量'),
  'survey.remarks.cabling': remark('综合布线'),
  'survey.remarks.other': remark('其他'),

  'acceptance.actions': {
    label: '业务办理类型',
    section: 'service',
    type: choices({
      open: '开通',
      changeAttributes: '变更属性',
      changeTariff: '变更资费',
      cancel: '退订',
    }),
    printed: ['acceptance'],
    need: 'always',
  },
  'acceptance.agent.name': {
    label: '经办人姓名',
    section: 'service',
    type: text(30),
    printed: ['acceptance'],
    need: 'always',
  },
  'acceptance.agent.idNumber': {
    label: '经办人身份证号码',
    section: 'service',
    type: text(18),
    printed: ['acceptance'],
    need: 'always',
    rules: ['residentId'],
  },
  'acceptance.agent.title': {
    label: '经办人职务',
    section: 'service',
    type: text(30),
    printed: ['acceptance'],
  },
  'acceptance.agent.phone': {
    label: '经办人电话',
    section: 'service',
    type: text(20),
    printed: ['acceptance'],
    need: 'always',
    rules: ['phone'],
  },
  'acceptance.agent.fax': {
    label: '经办人传真',
    section: 'service',
    type: text(20),
    printed: ['acceptance'],
    rules: ['fixedLine'],
  },
  'acceptance.business': {
    label: '业务名称',
    section: 'service',
    type: text(40),
    printed: ['acceptance'],
    need: 'always',
  },
  'acceptance.tariff': {
    label: '业务资费',
    section: 'service',
    type: lines(300),
    printed: ['acceptance'],
    need: 'service',
  },
  'acceptance.effective': {
    label: '生效时间',
    section: 'service',
    type: choice({ thisMonth: '本月', nextMonth: '下月' }),
    printed: ['acceptance'],
    need: 'service',
  },
  'service.accountType': {
    label: '账户类型',
    section: 'service',
    type: choice({ prepaid: '预付', postpaid: '后付' }),
    printed: ['agreement', 'acceptance'],
    need: 'service',
  },
  'service.accountNumber': {
    label: '集团账户编号（缴费识别码）',
    section: 'service',
    type: text(10),
    printed: ['agreement', 'acceptance'],
    need: 'service',
    rules: ['serviceAccount'],
    hint: '10 位数字',
  },
  'service.circuits': {
    label: 'IMS语音专线条数',
    section: 'service',
    type: whole(1, 9999, '条'),
    printed: ['agreement', 'acceptance'],
    need: 'service',
  },
  'service.bandwidthMbps': {
    label: 'IMS语音专线带宽',
    section: 'service',
    type: { kind: 'number', min: 0.1, max: 100_000, integer: false, unit: 'Mbit/s' },
    printed: ['agreement', 'acceptance'],
    need: 'service',
  },

  'roster.action': {
    label: '操作类别',
    section: 'roster',
    type: choice({ add: '增加成员', remove: '取消成员', other: '其他' }),
    printed: ['roster'],
  },
  'roster.actionOther': {
    label: '其他操作说明',
    section: 'roster',
    type: text(40),
    printed: ['roster'],
  },

  'agreement.monthlyFee': {
    label: '月资费',
    section: 'agreement',
    type: { kind: 'money', max: 10_000_000_00 },
    printed: ['agreement'],
    need: 'agreement',
  },
  'agreement.totalFee': {
    label: '协议期内费用总计',
    section: 'agreement',
    type: { kind: 'money', max: 1_000_000_000_00 },
    printed: ['agreement'],
    hint: '不填时按“月资费 × 月数”计算；与计算值不同时须写明原因',
  },
  'agreement.totalFeeReason': {
    label: '费用总计与计算值不同的原因',
    section: 'agreement',
    type: text(120),
    printed: ['agreement'],
  },
  'agreement.termStart': {
    label: '协议有效期（起）',
    section: 'agreement',
    type: { kind: 'month' },
    printed: ['agreement', 'acceptance'],
    need: 'agreement',
  },
  'agreement.termEnd': {
    label: '协议有效期（止）',
    section: 'agreement',
    type: { kind: 'month' },
    printed: ['agreement', 'acceptance'],
    need: 'agreement',
  },
  'agreement.paymentCycle': {
    label: '缴费周期',
    section: 'agreement',
    type: choice({ monthly: '按月', quarterly: '按季度', halfYearly: '按半年', yearly: '按年' }),
    printed: ['agreement'],
    need: 'agreement',
  },
  'agreement.purpose': {
    label: '接入使用本业务的用途',
    section: 'agreement',
    type: lines(200),
    printed: ['agreement', 'commitment'],
    need: 'agreement',
  },
  'agreement.outboundFrom': {
    label: '外呼时段（起）',
    section: 'agreement',
    type: { kind: 'time' },
    printed: ['agreement'],
    need: 'agreement',
  },
  'agreement.outboundTo': {
    label: '外呼时段（止）',
    section: 'agreement',
    type: { kind: 'time' },
    printed: ['agreement'],
    need: 'agreement',
  },
  'agreement.copies': {
    label: '协议份数（一式…份）',
    section: 'agreement',
    type: whole(2, 20, '份'),
    printed: ['agreement'],
    need: 'agreement',
  },
  'agreement.signedOn': {
    label: '签署日期',
    section: 'agreement',
    type: { kind: 'date' },
    printed: [...PARTIES, 'acceptance'],
    need: 'agreement',
  },

  'carrier.name': {
    label: '乙方名称',
    section: 'agreement',
    type: text(60),
    printed: PARTIES,
    need: 'agreement',
    source: 'settings',
  },
  'carrier.representative': {
    label: '乙方负责人',
    section: 'agreement',
    type: text(30),
    printed: ['agreement', 'access-agreement'],
    need: 'agreement',
    source: 'settings',
  },
  'carrier.address': {
    label: '乙方地址',
    section: 'agreement',
    type: text(100),
    printed: ['agreement', 'access-agreement'],
    need: 'agreement',
    source: 'settings',
  },
  'carrier.postcode': {
    label: '乙方邮编',
    section: 'agreement',
    type: text(6),
    printed: ['agreement'],
    rules: ['postcode'],
    source: 'settings',
  },
  'carrier.contact.name': {
    label: '乙方联系人',
    section: 'agreement',
    type: text(30),
    printed: ['agreement'],
    need: 'agreement',
    source: 'settings',
  },
  'carrier.contact.phone': {
    label: '乙方联系电话',
    section: 'agreement',
    type: text(20),
    printed: ['agreement'],
    need: 'agreement',
    rules: ['phone'],
    source: 'settings',
  },
  'carrier.contact.email': {
    label: '乙方电子邮箱',
    section: 'agreement',
    type: text(80),
    printed: ['agreement'],
    rules: ['email'],
    source: 'settings',
  },
  'carrier.payee.accountName': {
    label: '收款户名',
    section: 'agreement',
    type: text(60),
    printed: ['agreement'],
    need: 'agreement',
    source: 'settings',
  },
  'carrier.payee.bank': {
    label: '收款开户行',
    section: 'agreement',
    type: text(60),
    printed: ['agreement'],
    need: 'agreement',
    source: 'settings',
  },
  'carrier.payee.accountNumber': {
    label: '收款账号',
    section: 'agreement',
    type: text(30),
    printed: ['agreement'],
    need: 'agreement',
    rules: ['bankAccount'],
    source: 'settings',
  },
  'carrier.accountManager': {
    label: '客户经理/经办人',
    section: 'agreement',
    type: text(30),
    printed: ['agreement', 'access-agreement', 'survey'],
    need: 'always',
    source: 'settings',
  },
} as const satisfies Record<string, FactDefinition>;

/** The documents that print the extensions, and the roster's members. */
export const EXTENSIONS_PRINTED: readonly DocumentId[] = ['survey'];
export const MEMBERS_PRINTED: readonly DocumentId[] = ['roster'];

const inPlan = { printed: EXTENSIONS_PRINTED } as const;
const inRoster = { printed: MEMBERS_PRINTED } as const;
/** Kept for the installer; changing it voids no signature. */
const unprinted = { printed: [] } as const;

/** One row of the extension table. */
export const EXTENSION_FACTS = {
  number: { label: 'IMS固话号码', type: text(13), rules: ['fixedLine'], need: 'always', ...inPlan },
  shortNumber: { label: '短号', type: text(6), rules: ['shortNumber'], ...inPlan },
  place: { label: '位置', type: text(40), ...inPlan },
  user: { label: '使用人', type: text(30), ...inPlan },
  port: { label: '端口', type: text(20), ...inPlan },
  cabled: { label: '已布线', type: { kind: 'boolean', yes: '是', no: '否' }, ...unprinted },
  note: { label: '备注', type: text(60), ...unprinted },
} as const satisfies Record<string, RowFactDefinition>;

/** One slot of the roster. Slots count from 1, 128 a page, numbered down the columns. */
export const MEMBER_FACTS = {
  slot: { label: '序号', type: whole(1, 99_999, ''), need: 'always', ...inRoster },
  number: { label: '号码', type: text(13), rules: ['memberNumber'], need: 'always', ...inRoster },
  name: { label: '姓名', type: text(30), ...unprinted },
  shortNumber: { label: '短号', type: text(6), rules: ['shortNumber'], ...unprinted },
  note: { label: '备注', type: text(60), ...unprinted },
} as const satisfies Record<string, RowFactDefinition>;

/** A fact of a repeated row. */
export type RowFactDefinition = Pick<
  FactDefinition,
  'label' | 'type' | 'printed' | 'need' | 'rules' | 'hint'
>;

export type FactKey = keyof typeof FACTS;
export type ExtensionKey = keyof typeof EXTENSION_FACTS;
export type MemberKey = keyof typeof MEMBER_FACTS;

/** The TypeScript type of a fact's value. */
export type ValueOf<T extends FactType> = T extends { kind: 'choice'; options: infer O }
  ? keyof O & string
  : T extends { kind: 'choices'; options: infer O }
    ? readonly (keyof O & string)[]
    : T extends { kind: 'number' | 'money' }
      ? number
      : T extends { kind: 'boolean' }
        ? boolean
        : string;

/** Any value a fact can have. */
export type FactValue = string | number | boolean | readonly string[];

/** All fact keys, in the order of the table. */
export const FACT_KEYS = Object.keys(FACTS) as FactKey[];

/** The definition of a fact, with its optional parts readable whatever the key. */
export const factDefinition = (key: FactKey): FactDefinition => FACTS[key];
export const EXTENSION_KEYS = Object.keys(EXTENSION_FACTS) as ExtensionKey[];
export const MEMBER_KEYS = Object.keys(MEMBER_FACTS) as MemberKey[];
