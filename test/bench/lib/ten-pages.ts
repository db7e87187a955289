/** The document that every engine draws: ten A4 pages of lines, each at its place. Own words. */

const SENTENCES = [
  '甲乙双方在平等、自愿的基础上，就语音专线的接入、使用和维护订立本说明，供测量文书生成的速度与大小使用。',
  '装维人员到达现场以后，先核对客户名称、安装地址和联系电话，再查看机房、配线架、电源和接地，确认没有安全隐患。',
  '每条固话都要登记号码、短号、位置、使用人和端口；同一端口不得登记两次，缺少的内容当场补齐，不得事后凭记忆填写。',
  '带宽按同时通话的线路计算：每路约 100 kbit/s，30 条线路以内全部计入，超过的部分按每线 0.1 爱尔兰、呼损 1% 折算。',
  '客户代表在屏幕上阅读全部文书，逐页看完才能签名；签名以后内容再有改动，原来的签名立即失效，需要重新签署。',
  '没有网络时照常填写、签署和打印，内容先保存在本机；网络恢复以后自动上传，断电、断网和误操作都不会丢失已经保存的内容。',
  '打印默认一式四份，双方各执两份，具有同等效力；打印机不在身边时，可以另存为文件，回到营业厅再打印。',
  '费用由月资费乘以月数得出，大写金额由系统换算，例如人民币壹万贰仟叁佰肆拾伍元陆角柒分，人工不得涂改。',
  '外呼时段限于 08:00—20:00，只能使用本单位的号码，不得隐藏、变更或者转售；违反约定的，乙方可以暂停业务并书面告知。',
  '本说明中的名称、号码和地址都是虚构的，如“样例诊所”（0477-0000001），与任何真实的单位和个人无关。',
];

/** What a page is set in, in PDF points; `left` and `top` are the first baseline's start. */
export const SETTING = {
  left: 57,
  top: 90,
  size: 11.5,
  leading: 18.5,
  headingSize: 15,
  headingTop: 62,
  charactersPerLine: 38,
  linesPerPage: 38,
  pages: 10,
} as const;

export interface TextPage {
  readonly heading: string;
  readonly lines: readonly string[];
}

/** The pages; with `distinct`, as many more characters of the URO block as make that many. */
export const tenPages = (distinct = 0): TextPage[] => {
  const { pages, linesPerPage, charactersPerLine } = SETTING;
  const known = new Set(SENTENCES.join(''));
  const rare = Array.from({ length: 0x9fa5 - 0x4e00 }, (_, index) =>
    String.fromCodePoint(0x4e00 + index),
  )
    .filter((character) => !known.has(character))
    .slice(0, Math.max(0, distinct - known.size))
    .join('');
  const text = [...rare, ...SENTENCES.join('').repeat(40)];
  return Array.from({ length: pages }, (_, page) => ({
    heading: `第 ${page + 1} 页 现场勘察与安装说明`,
    lines: Array.from({ length: linesPerPage }, (_, line) => {
      const start = (page * linesPerPage + line) * charactersPerLine;
      // No blank at a line's end: an engine that breaks lines would leave it out.
      return text
        .slice(start, start + charactersPerLine)
        .join('')
        .trim();
    }),
  }));
};

/** Everything on the pages, without blanks. */
export const textOf = (pages: readonly TextPage[]): string =>
  pages
    .map(({ heading, lines }) => heading + lines.join(''))
    .join('')
    .replace(/\s/g, '');
