/** What the sync client says about the connection. */
export const NO_SERVICE = '还没有设置同步服务的地址，请在“设置”中填写。内容都存在本机。';
export const NOT_ENROLLED = '本设备还没有登录，登录后自动上传。内容都存在本机。';
/** The service's code for a device that was away for longer than its organisation allows. */
export const AWAY = 'sign-in-again';
export const FAULT = '同步出错，稍后会自动重试。内容都存在本机。';
export const REFUSED = '登录已失效，请重新登录，或在“设置”中输入新的登记码。内容都存在本机。';
