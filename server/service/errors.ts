import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** Every error the service answers with: its status, and what it tells people to do. */
const ERRORS = {
  unauthorised: [401, '此设备尚未登记或登记已失效，请在“设置”中输入登记码'],
  'bad-code': [401, '登记码不正确或已被使用，请核对后重新输入，或向后台要一个新的登记码'],
  'too-many': [429, '输错次数过多，请十分钟后再试'],
  wipe: [410, '管理员已要求清除这台设备上的内容'],
  'bad-contact': [401, '服务不认识这台设备'],
  stranger: [422, '导出这个文件的设备没有登记过，请写明其中的工单归谁，再导入'],
  'bad-request': [400, '请求的内容不完整或格式不对，请更新应用后再试'],
  'too-large': [413, '一次发送的内容过大，请减少内容或文件大小后再试'],
  'read-only': [403, '后台账号只能查看，不能修改'],
  forbidden: [403, '此操作只能在服务所在的机器上进行'],
  'unknown-order': [404, '服务上没有这个工单，请先上传工单内容'],
  'unknown-attachment': [404, '服务上没有这个文件，请等待上传完成后再打开'],
  'not-found': [404, '没有这个地址，请检查后再试'],
  'hash-mismatch': [422, '文件在传输中损坏，应用会自动重新上传'],
  failed: [500, '服务暂时出错，内容仍在您的设备上，请稍后再试'],
} as const satisfies Record<string, readonly [ContentfulStatusCode, string]>;
export type ErrorCode = keyof typeof ERRORS;

/** An error answer: a status, a code for programs and a Chinese sentence for people. */
export class ServiceError extends Error {
  readonly code: ErrorCode;
  readonly status: ContentfulStatusCode;

  constructor(code: ErrorCode) {
    const [status, message] = ERRORS[code];
    super(message);
    this.code = code;
    this.status = status;
  }
}
