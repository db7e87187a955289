/** Text as Chinese input methods, scanners and spreadsheets give it. */

/** Takes out control characters, which are never drawn; line breaks become line feeds, tabs stay. */
export const stripControls = (text: string): string =>
  text.replace(/\r\n?/g, '\n').replace(/(?![\t\n])\p{Cc}/gu, '');

/** CJK radicals that NFKC leaves alone though they are mistaken for the ideograph: pairs of both. */
const RADICAL_PAIRS =
  '⺁厂⺄乙⺅亻⺆冂⺇几⺈刀⺉刂⺋㔾⺌小⺍小⺎兀⺏尣⺐尢⺒巳⺓幺⺔彑⺕彐⺖忄⺗心⺘扌⺙攵⺛旡' +
  '⺜日⺝月⺞歹⺠民⺡氵⺢氺⺣灬⺤爫⺥爫⺦丬⺧牛⺨犭⺩王⺪疋⺫目⺬示⺭礻⺮竹⺯糹⺰纟⺱罓⺲罒' +
  '⺳网⺴网⺵网⺶羊⺷羊⺸羊⺹老⺺聿⺻聿⺼月⺽臼⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀⻄西⻅见⻆角⻇角⻈讠' +
  '⻉贝⻊足⻋车⻌辶⻍辶⻎辶⻏阝⻐钅⻑長⻒镸⻓长⻔门⻕阜⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻞食' +
  '⻟飠⻠饣⻡首⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱亀⻲亀';
const RADICALS = new Map(
  Array.from(RADICAL_PAIRS.matchAll(/(.)(.)/gu), ([, radical = '', ideograph = '']) => [
    radical,
    ideograph,
  ]),
);

const PLAIN = /^[!-~]*$/;

/**
 * Text for comparing, never for keeping: without anything invisible, in compatibility form (full-width digits
 * and letters, compatibility ideographs), radicals as their ideographs, runs of blanks as one, trimmed.
 */
export const forComparing = (text: string): string =>
  PLAIN.test(text)
    ? text
    : stripControls(text)
        .replace(/\p{Cf}/gu, '')
        .normalize('NFKC')
        .replace(/[\u2e80-\u2ef3]/g, (radical) => RADICALS.get(radical) ?? radical)
        .replace(/\s+/g, ' ')
        .trim();

/** A code or number for comparing: as above, without any blank, letters in upper case. */
export const codeForComparing = (text: string): string =>
  forComparing(text).replaceAll(' ', '').toUpperCase();
