import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  createPrinter,
  isPrintable,
  PRINTABLE,
  type Printer,
  UnprintableError,
} from '../../domain/documents/index.ts';
import { TEMPLATE_DOCUMENTS } from '../../domain/documents/template/ast.ts';
import type { DocumentId } from '../../domain/order/dictionary.ts';
import { signedPack } from '../../domain/order/signature.ts';
import { readOrder, refuse } from './check.ts';
import { readPack } from './packs.ts';
import { reference } from './reference.ts';

const USAGE =
  '用法：onsite print ORDER.json --out DIR [--documents survey,roster] [--pack 模板包文件夹] [--all-in-one]';

/**
 * Writes `DIR/<document>.pdf` for each document, with the standing signatures, or all of them as
 * `DIR/all-in-one.pdf` with an outline, and names the files:
 * 0 when done, 1 when a character cannot be printed, 2 when the file or the call is bad. Unless all
 * documents could be printed, nothing is written.
 */
export async function run(args: string[]): Promise<number> {
  const call = readCall(args);
  if (typeof call === 'string') return refuse(call);
  const order = await readOrder(call.path);
  if (typeof order === 'string') return refuse(order);
  const pack = await readPack(call.pack);
  if (!('hash' in pack)) {
    for (const error of pack) refuse(error);
    return 2;
  }
  const signedOn = signedPack(order, TEMPLATE_DOCUMENTS);
  const printsText = TEMPLATE_DOCUMENTS.some((document) => call.documents.includes(document));
  if (printsText && signedOn !== undefined && signedOn !== pack.hash) {
    return refuse(`${call.path}：是用模板包 ${signedOn} 签署的，请用 --pack 指定这个模板包`);
  }

  const printer = await createShippedPrinter();
  const files: { path: string; bytes: Uint8Array }[] = [];
  const options = { signatures: true, pack };
  try {
    if (call.together) {
      const bytes = await printer.printTogether(call.documents, order, reference, options);
      files.push({ path: join(call.out, 'all-in-one.pdf'), bytes });
    } else {
      for (const document of call.documents) {
        const bytes = await printer.print(document, order, reference, options);
        files.push({ path: join(call.out, `${document}.pdf`), bytes });
      }
    }
  } catch (error) {
    if (!(error instanceof UnprintableError)) throw error;
    console.error(`${call.path}：${error.message}`);
    return 1;
  }
  try {
    await makeFolder(resolve(call.out));
    for (const { path, bytes } of files) await writeWhole(path, bytes);
  } catch {
    return refuse(`${call.out}：无法写入，请检查路径和权限`);
  }
  for (const { path } of files) console.log(path);
  return 0;
}

interface Call {
  readonly path: string;
  readonly out: string;
  readonly documents: readonly DocumentId[];
  /** The folder or zip of a template pack; the shipped one when absent. */
  readonly pack: string | undefined;
  /** All in one file. */
  readonly together: boolean;
}

/** What is asked for, or one line that says what is wrong with it. */
function readCall(args: string[]): Call | string {
  let parsed: {
    positionals: string[];
    values: {
      out?: string | undefined;
      documents?: string | undefined;
      pack?: string | undefined;
      'all-in-one'?: boolean | undefined;
    };
  };
  try {
    parsed = parseArgs({
      args,
      allowPositionals: true,
      options: {
        out: { type: 'string' },
        documents: { type: 'string' },
        pack: { type: 'string' },
        'all-in-one': { type: 'boolean' },
      },
    });
  } catch {
    return USAGE;
  }
  const { positionals, values } = parsed;
  const [path] = positionals;
  if (path === undefined || positionals.length > 1 || !values.out) return USAGE;
  const names = values.documents?.split(',').map((name) => name.trim()) ?? PRINTABLE;
  const documents = [...new Set(names)].filter(isPrintable);
  const unknown = names.find((name) => !isPrintable(name));
  if (unknown !== undefined) {
    return `没有“${unknown}”这份文书，可以打印：${PRINTABLE.join('、')}`;
  }
  return {
    path,
    out: values.out,
    documents,
    pack: values.pack,
    together: values['all-in-one'] === true,
  };
}

/** The printer with the fonts of the installed packages. */
async function createShippedPrinter(): Promise<Printer> {
  const load = (file: string) => readFile(fileURLToPath(import.meta.resolve(file)));
  const [serif, sans, subsetWasm] = await Promise.all([
    load('@expo-google-fonts/noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf'),
    load('@expo-google-fonts/noto-sans-sc/500Medium/NotoSansSC_500Medium.ttf'),
    load('harfbuzzjs/dist/harfbuzz-subset.wasm'),
  ]);
  return createPrinter({ serif, sans, subsetWasm });
}

/**
 * Makes a folder and those above it, one by one: `mkdir` with `recursive` never comes back where
 * nothing can be made, such as in `/proc`.
 */
async function makeFolder(path: string): Promise<void> {
  if (existsSync(path)) return;
  const parent = dirname(path);
  if (parent !== path) await makeFolder(parent);
  await mkdir(path);
}

/** Writes a file so that it is there whole or not at all. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const unfinished = `${path}.${process.pid}.part`;
  try {
    await writeFile(unfinished, bytes);
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
