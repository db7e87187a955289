/** Why a bundle is not taken: a code for programs, and what it tells people to do. */
const REASONS = {
  foreign: '这不是勘签导出的文件，请选择“导出到U盘”生成的 .onsite 文件',
  newer: '这个文件由较新版本的勘签导出，请更新后再导入',
  'office-only': '这个文件只有后台能打开，请交给后台导入',
  'other-office': '这个文件是导给另一个后台的，本后台打不开，请交给原来的后台',
  'passphrase-needed': '这个文件有口令，请输入导出时设定的口令',
  'wrong-passphrase': '口令不对，请核对后再试；如果确定没有输错，就是文件已损坏，请重新导出',
  damaged: '文件不完整或已损坏，可能没有复制完，请重新复制或重新导出',
} as const;
export type BundleProblem = keyof typeof REASONS;

export class BundleError extends Error {
  override readonly name = 'BundleError';
  constructor(readonly code: BundleProblem) {
    super(REASONS[code]);
  }
}
