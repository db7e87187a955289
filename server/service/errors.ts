import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { LIMITS } from '../../domain/sync/limits.ts';

/** Every error the service answers with: its status, and what it tells people to do. */
const ERRORS = {
  unauthorised: [401, '此设备尚未登录或登录已失效，请重新登录'],
  'sign-in-again': [401, '此设备太久没有联系服务，请重新登录后再同步；内容都存在本机'],
  'bad-password': [401, '用户名或密码不正确，请核对后重新输入'],
  'bad-code': [401, '登记码不正确或已被使用，请核对后重新输入，或向后台要一个新的登记码'],
  busy: [429, '服务正忙，应用稍后会自动重试；内容都存在本机'],
  'too-many': [429, '输错次数过多，请十分钟后再试'],
  wipe: [410, '管理员已要求清除这台设备上的内容'],
  'bad-contact': [401, '服务不认识这台设备'],
  stranger: [422, '导出这个文件的设备没有登记过，请写明其中的工单归谁，再导入'],
  'bad-request': [400, '请求的内容不完整或格式不对，请更新应用后再试'],
  'too-large': [413, '一次发送的内容过大，请减少内容或文件大小后再试'],
  'no-right': [403, '您的账号没有这项权限，请联系管理员'],
  'device-taken': [
    403,
    '本机存有其他班组的工单，请由原来的人登录；要换班组使用，请先由管理员清除本机内容',
  ],
  forbidden: [403, '此操作只能在服务所在的机器上进行'],
  'own-account': [403, '不能停用自己的账号或修改自己的角色，请由另一位管理员修改'],
  'username-taken': [409, '这个用户名已经有人使用，请换一个'],
  'name-taken': [409, '上级机构下已有同名的机构，请换一个名称'],
  'wrong-level': [400, '角色与所在机构不符：装维在班组，审核在分公司，管理在分公司或省公司'],
  'unknown-account': [404, '没有这个用户、机构或设备，请刷新后再试'],
  'no-escrow': [409, '这台设备没有留下重设口令的凭据：要登录并联网过一次才行。请改用打印的恢复码'],
  'unknown-order': [404, '服务上没有这个工单，请先上传工单内容'],
  'unknown-attachment': [404, '服务上没有这个文件，请等待上传完成后再打开'],
  'not-your-round': [409, '这一轮审核已由别人接手或已经结束，请刷新后再处理'],
  'order-changed': [409, '您打开之后工单又有改动，请看过新的内容再决定'],
  'no-remark': [400, '退回时请至少写一条意见，让装维人员知道改什么'],
  'bad-remark': [400, '有一条意见所指的内容不在这份工单里，请刷新后重新标注'],
  'not-found': [404, '没有这个地址，请检查后再试'],
  'hash-mismatch': [422, '文件在传输中损坏，应用会自动重新上传'],
  'too-many-uploads': [429, '班组里没有传完的文件过多，应用稍后会自动重试；内容都存在本机'],
  'upload-again': [503, '文件的上传被打断，应用会自动接着上传'],
  failed: [500, '服务暂时出错，内容仍在您的设备上，请稍后再试'],
} as const satisfies Record<string, readonly [ContentfulStatusCode, string]>;
export type ErrorCode = keyof typeof ERRORS;
export const isErrorCode = (text: string): text is ErrorCode => Object.hasOwn(ERRORS, text);

/** An error answer: a status, a code for programs and a Chinese sentence for people. */
export class ServiceError extends Error {
  readonly code: ErrorCode;
  readonly status: ContentfulStatusCode;
  /** When to come again, seconds. */
  readonly retryAfter: number | null;

  constructor(code: ErrorCode, retryAfter: number | null = null) {
    const [status, message] = ERRORS[code];
    super(message);
    this.code = code;
    this.status = status;
    this.retryAfter = code === 'too-many' ? LIMITS.failureWindow / 1000 : retryAfter;
  }
}
