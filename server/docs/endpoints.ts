/** Every endpoint of the service, for people who write programs against it; `openapi.ts` prints it. */
import { z } from 'zod';
import * as accounts from '../../domain/accounts/wire.ts';
import * as review from '../../domain/review/wire.ts';
import * as sync from '../../domain/sync/wire.ts';
import type { ErrorCode } from '../service/errors.ts';

export interface Endpoint {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH';
  /** As Hono writes it: `/office/orders/:id`. */
  readonly path: string;
  readonly tag: keyof typeof TAGS;
  /** What it does, in Chinese. */
  readonly summary: string;
  /** Whether it is asked without a token. */
  readonly open?: true;
  readonly query?: z.ZodObject;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, or bytes. */
  readonly body?: z.ZodType | 'bytes';
  /** JSON; bytes; a stream of events; or nothing. */
  readonly answer?: z.ZodType | 'bytes' | 'events';
  readonly status: 200 | 201 | 204;
  /** What it may refuse with, besides what every endpoint may. */
  readonly errors?: readonly ErrorCode[];
}

export const TAGS = {
  同步: '变更的推送与拉取。`docs/sync.md` 说明其保证。',
  文件: '附件按 SHA-256 存取；上传用 tus 1.0 分段进行，中断后接着传。',
  U盘: '没有网络的设备导出的文件，由别人带来。',
  设备: '设备自己的口令与清除。',
  账号: '登录、登记设备，以及管理员对人员、机构和设备的管理。',
  后台: '后台的工单列表、审核与导出。',
  服务: '服务本身。',
} as const;

const TUS = { 'Tus-Resumable': '1.0.0' };
const order = z.object({ order: z.uuid().describe('文件所属的工单') });
const maybeOrder = z.object({ order: order.shape.order.optional() });
const pull = z.object({
  cursor: z.int().min(0).optional().describe('上一页回答的 cursor；缺省从头开始'),
  position: sync.positionSchema.optional().describe('上次回答的 position'),
});
const done = z.strictObject({ ok: z.literal(true) });
const SIGN_IN = ['too-many', 'device-taken', 'wipe'] as const;
const health = z.strictObject({
  ok: z.literal(true),
  version: z.string(),
  now: z.int(),
  unfinishedUploads: z.int().min(0).describe('上次清理时还没有传完的文件数'),
});

export const ENDPOINTS: readonly Endpoint[] = [
  {
    ...{ method: 'GET', path: '/health', tag: '服务', open: true, status: 200 },
    ...{ summary: '服务是否正常', answer: health },
  },
  {
    ...{ method: 'POST', path: '/sync/push', tag: '同步', status: 200 },
    summary: '推送一批变更，每项各有一个回执或拒绝；可以用 gzip 压缩',
    ...{
      body: sync.pushRequestSchema,
      answer: sync.pushAnswerSchema,
      errors: ['too-large', 'busy'],
    },
  },
  {
    ...{ method: 'GET', path: '/sync/pull', tag: '同步', status: 200 },
    summary: '拉取 cursor 之后变动的字段，按页，压缩',
    ...{ query: pull, answer: sync.pullAnswerSchema },
  },
  {
    ...{ method: 'GET', path: '/sync/events', tag: '同步', status: 200 },
    ...{ summary: '有可拉取的内容时得到通知（SSE）：先 ready，之后 changed', answer: 'events' },
  },
  {
    ...{ method: 'POST', path: '/uploads/:sha256', tag: '文件', status: 201 },
    ...{ summary: '开始上传一个文件，可以同时带上第一段', query: order, body: 'bytes' },
    headers: { ...TUS, 'Upload-Length': '文件的字节数' },
    errors: ['unknown-order', 'too-large', 'hash-mismatch', 'upload-again', 'too-many-uploads'],
  },
  {
    ...{ method: 'HEAD', path: '/uploads/:sha256', tag: '文件', status: 200, query: maybeOrder },
    summary: '已收到多少（Upload-Offset）；收全并核对无误时带有 Upload-Receipt',
    ...{ headers: TUS, errors: ['unknown-attachment'] },
  },
  {
    ...{ method: 'PATCH', path: '/uploads/:sha256', tag: '文件', status: 204, query: maybeOrder },
    ...{ summary: '从 Upload-Offset 处接着传', body: 'bytes' },
    headers: { ...TUS, 'Upload-Offset': '这一段从哪个字节开始' },
    errors: ['unknown-attachment', 'too-large', 'hash-mismatch', 'upload-again'],
  },
  {
    ...{ method: 'PUT', path: '/attachments/:sha256', tag: '文件', status: 200 },
    ...{ summary: '一次上传整个文件', query: order, body: 'bytes' },
    answer: sync.attachmentReceiptSchema,
    errors: ['unknown-order', 'too-large', 'hash-mismatch'],
  },
  {
    ...{ method: 'GET', path: '/attachments/:sha256', tag: '文件', status: 200 },
    ...{ summary: '取回一个文件', answer: 'bytes', errors: ['unknown-attachment'] },
  },
  {
    ...{ method: 'POST', path: '/enrol', tag: '账号', open: true, status: 200 },
    ...{ summary: '用一次性登记码登记设备', body: accounts.enrolRequestSchema },
    ...{ answer: accounts.enrolAnswerSchema, errors: ['bad-code', ...SIGN_IN] },
  },
  {
    ...{ method: 'POST', path: '/accounts/sign-in', tag: '账号', open: true, status: 200 },
    ...{ summary: '用用户名和密码登录', body: accounts.signInRequestSchema },
    ...{ answer: accounts.enrolAnswerSchema, errors: ['bad-password', ...SIGN_IN] },
  },
  {
    ...{ method: 'POST', path: '/accounts/sign-out', tag: '账号', status: 204 },
    summary: '退出本设备的登录',
  },
  {
    ...{ method: 'GET', path: '/accounts/me', tag: '账号', status: 200 },
    ...{ summary: '本设备上登录的是谁', answer: accounts.accountSchema },
  },
  {
    ...{ method: 'POST', path: '/accounts/password', tag: '账号', status: 204 },
    ...{ summary: '修改自己的密码', body: accounts.passwordRequestSchema },
    errors: ['bad-password', 'too-many'],
  },
  {
    ...{ method: 'GET', path: '/accounts', tag: '账号', status: 200 },
    ...{ summary: '本机构及下级的机构、人员和设备', answer: accounts.accountsSchema },
  },
  {
    ...{ method: 'POST', path: '/accounts/users', tag: '账号', status: 201 },
    ...{ summary: '新增人员', body: accounts.newUserSchema, answer: accounts.createdSchema },
    errors: ['username-taken', 'wrong-level', 'unknown-account'],
  },
  {
    ...{ method: 'POST', path: '/accounts/users/:id', tag: '账号', status: 204 },
    ...{ summary: '修改人员', body: accounts.userChangeSchema },
    errors: ['username-taken', 'wrong-level', 'own-account', 'unknown-account'],
  },
  {
    ...{ method: 'POST', path: '/accounts/users/:id/code', tag: '账号', status: 201 },
    ...{ summary: '生成一次性登记码', answer: accounts.codeAnswerSchema },
    errors: ['unknown-account'],
  },
  {
    ...{ method: 'POST', path: '/accounts/sessions/:id/revoke', tag: '账号', status: 204 },
    ...{ summary: '结束一台设备的登录', errors: ['unknown-account'] },
  },
  {
    ...{ method: 'POST', path: '/accounts/devices/:id/wipe', tag: '账号', status: 204 },
    ...{ summary: '要求一台设备下次联系时清除自己，或取消', body: accounts.wipeRequestSchema },
    errors: ['unknown-account'],
  },
  {
    ...{ method: 'POST', path: '/accounts/devices/:id/unlock-code', tag: '账号', status: 201 },
    ...{ summary: '生成一次性的口令重设码，一小时内有效', answer: accounts.codeAnswerSchema },
    errors: ['unknown-account', 'no-escrow'],
  },
  {
    ...{ method: 'POST', path: '/bundles', tag: 'U盘', status: 200 },
    ...{ summary: '交来一个导出的文件：等于它的设备自己推送', body: 'bytes' },
    headers: {
      [sync.BUNDLE_HEADERS.passphrase]: '文件的口令（encodeURIComponent）；导给后台的文件没有',
      [sync.BUNDLE_HEADERS.owner]: '没有登记过的设备的工单归谁：装维的用户名（encodeURIComponent）',
    },
    answer: sync.bundleAnswerSchema,
    errors: ['stranger', 'unknown-account', 'too-large', 'too-many'],
  },
  {
    ...{ method: 'PUT', path: '/device/escrow', tag: '设备', status: 200 },
    ...{ summary: '留下忘记口令时重设它的凭据', body: sync.escrowRequestSchema, answer: done },
  },
  {
    ...{ method: 'POST', path: '/device/unlock', tag: '设备', open: true, status: 200 },
    ...{ summary: '用口令重设码取回凭据', body: sync.unlockRequestSchema },
    ...{ answer: sync.unlockAnswerSchema, errors: ['bad-code', 'too-many', 'wipe'] },
  },
  {
    ...{ method: 'POST', path: '/device/contact', tag: '设备', open: true, status: 200 },
    ...{ summary: '锁着的设备询问是否要清除自己', body: sync.contactRequestSchema, answer: done },
    errors: ['bad-contact', 'too-many', 'wipe'],
  },
  {
    ...{ method: 'POST', path: '/device/wiped', tag: '设备', open: true, status: 200 },
    ...{ summary: '设备说它已清除自己', body: sync.contactRequestSchema, answer: done },
    errors: ['bad-contact', 'too-many'],
  },
  {
    ...{ method: 'POST', path: '/accounts/organisations', tag: '账号', status: 201 },
    ...{ summary: '新增下级机构', body: accounts.newOrganisationSchema },
    ...{ answer: accounts.createdSchema, errors: ['name-taken', 'wrong-level', 'unknown-account'] },
  },
  {
    ...{ method: 'POST', path: '/accounts/organisations/:id', tag: '账号', status: 204 },
    ...{ summary: '修改机构', body: accounts.organisationChangeSchema },
    errors: ['name-taken', 'unknown-account'],
  },
  {
    ...{ method: 'GET', path: '/office/orders', tag: '后台', status: 200 },
    ...{
      summary: '已上传的工单',
      query: review.officeQuerySchema,
      answer: review.officeListSchema,
    },
  },
  {
    ...{ method: 'GET', path: '/office/orders/:id', tag: '后台', status: 200 },
    ...{ summary: '一份工单的全部字段', answer: sync.officeOrderFieldsSchema },
    errors: ['unknown-order'],
  },
  {
    ...{ method: 'GET', path: '/office/orders/:id/rounds', tag: '后台', status: 200 },
    ...{ summary: '各轮审核', answer: review.roundsSchema, errors: ['unknown-order'] },
  },
  {
    ...{ method: 'GET', path: '/office/orders/:id/rounds/:round', tag: '后台', status: 200 },
    ...{ summary: '某一轮审核所依据的工单内容', answer: review.roundFieldsSchema },
    errors: ['unknown-order'],
  },
  {
    ...{ method: 'POST', path: '/office/orders/:id/review', tag: '后台', status: 200 },
    ...{ summary: '接手、批注、通过或退回', body: review.reviewRequestSchema },
    answer: review.roundsSchema,
    errors: ['unknown-order', 'not-your-round', 'order-changed', 'no-remark', 'bad-remark'],
  },
  {
    ...{ method: 'POST', path: '/office/exports', tag: '后台', status: 200 },
    ...{ summary: '导出所选工单的内容', body: review.exportRequestSchema },
    ...{ answer: review.exportAnswerSchema, errors: ['unknown-order'] },
  },
];
