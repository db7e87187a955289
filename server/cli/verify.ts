import { readFile } from 'node:fs/promises';
import { verifyFile } from '../../domain/evidence/verify.ts';
import { LIMITS_OF_SEAL, STATE_WORDS, verdictLines } from '../../domain/evidence/words.ts';
import { readOrder, refuse } from './check.ts';

const USAGE = '用法：onsite verify FILE.pdf [ORDER.json]';

/**
 * Says whether a sealed PDF is intact, extended or changed, and which document it is; with an order
 * file also whether that says the same. Offline. 0 intact, 1 anything else, 2 when a file or the
 * call is bad.
 */
export async function run(args: string[]): Promise<number> {
  const [path, orderPath, ...more] = args;
  if (path === undefined || path.startsWith('-') || more.length > 0) return refuse(USAGE);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return refuse(`${path}：${missing ? '文件不存在' : '无法读取'}，请检查路径`);
  }
  const order = orderPath === undefined ? undefined : await readOrder(orderPath);
  if (typeof order === 'string') return refuse(order);
  const verdict = verifyFile(bytes, order);
  if (!verdict) return refuse(`${path}：不是 PDF 文件`);

  const { title, meaning } = STATE_WORDS[verdict.state];
  console.log(`${title}（${verdict.state}）：${meaning}`);
  for (const [label, text] of verdictLines(verdict)) console.log(`${label}：${text}`);
  for (const reason of verdict.reasons) console.log(`- ${reason}`);
  if (verdict.state === 'intact') {
    console.log(order ? LIMITS_OF_SEAL.withOrder : LIMITS_OF_SEAL.withoutOrder);
  }
  console.log(LIMITS_OF_SEAL.always);
  return verdict.state === 'intact' ? 0 : 1;
}
