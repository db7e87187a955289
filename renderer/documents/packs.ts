/** Which template pack an order prints with, and where its files are. */
import accessAgreement from '../../assets/templates/specimen/access-agreement.md?raw';
import agreement from '../../assets/templates/specimen/agreement.md?raw';
import commitment from '../../assets/templates/specimen/commitment.md?raw';
import manifest from '../../assets/templates/specimen/manifest.json?raw';
import { TEMPLATE_DOCUMENTS, type TemplatePack } from '../../domain/documents/template/ast.ts';
import type { Order } from '../../domain/order/order.ts';
import { signedPack } from '../../domain/order/signature.ts';
import type { PackShelf } from '../store/packs.ts';
import { checkPackFiles, type PackFiles } from './print-worker.ts';

/** The shipped pack. */
const SPECIMEN: PackFiles = new Map(
  Object.entries({
    'manifest.json': manifest,
    'agreement.md': agreement,
    'access-agreement.md': accessAgreement,
    'commitment.md': commitment,
  }).map(([file, text]) => [file, new TextEncoder().encode(text)]),
);

/** Packs that were read, by hash. */
const read = new Map<string, Promise<TemplatePack>>();

const readPack = async (files: PackFiles): Promise<TemplatePack> => {
  const checked = await checkPackFiles(files);
  if ('pack' in checked) return checked.pack;
  const [first] = checked.errors;
  throw new Error(`模板包无法读取：${first?.file} 第 ${first?.line} 行，${first?.message}`);
};

/** A promise kept under its key, unless it fails. */
const once = (key: string, make: () => Promise<TemplatePack>): Promise<TemplatePack> => {
  const known = read.get(key);
  if (known) return known;
  const made = make();
  read.set(key, made);
  made.catch(() => read.delete(key));
  return made;
};

/** The shipped pack, in our own words. */
export const specimenPack = (): Promise<TemplatePack> => once('', () => readPack(SPECIMEN));

let shelf: PackShelf | null = null;

/** Tells printing where packs are kept; called once when the page starts. */
export const connectPacks = async (kept: PackShelf): Promise<void> => {
  shelf = kept;
  // A later app ships another text: what is signed on today's must stay printable.
  await kept.keep(await specimenPack(), SPECIMEN);
};

/**
 * A pack by its hash.
 *
 * @throws with a Chinese message when this device does not have it
 */
export const packNamed = async (hash: string): Promise<TemplatePack> => {
  const specimen = await specimenPack();
  if (hash === specimen.hash) return specimen;
  return once(hash, async () => {
    const files = await shelf?.files(hash);
    if (files) return readPack(files);
    throw new Error(
      `本机没有签署时用的模板包（${hash.slice(0, 12)}…），请在“设置”的“文书模板”中导入它。`,
    );
  });
};

/**
 * The pack of an order: the one its standing signatures were given on, else the one that is chosen
 * in the settings, else the shipped one.
 *
 * @throws as `packNamed`
 */
export const packOf = async (order: Order): Promise<TemplatePack> => {
  const hash = signedPack(order, TEMPLATE_DOCUMENTS) ?? (await shelf?.chosen());
  return hash ? packNamed(hash) : specimenPack();
};
