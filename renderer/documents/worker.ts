/** Printing takes the fonts and tens of milliseconds: it is done beside the page, not in it. */
import sansUrl from '@expo-google-fonts/noto-sans-sc/500Medium/NotoSansSC_500Medium.ttf?url';
import serifUrl from '@expo-google-fonts/noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf?url';
import { expose, transfer } from 'comlink';
import subsetUrl from 'harfbuzzjs/dist/harfbuzz-subset.wasm?url';
import {
  createPrinter,
  type PrintOptions,
  UnprintableError,
} from '../../domain/documents/index.ts';
import { unzipPack } from '../../domain/documents/template/archive.ts';
import type { TemplatePack } from '../../domain/documents/template/ast.ts';
import { packFiles } from '../../domain/documents/template/files.ts';
import { checkPack, type PackError } from '../../domain/documents/template/pack.ts';
import type { Claim } from '../../domain/evidence/claim.ts';
import type { DocumentId } from '../../domain/order/dictionary.ts';
import type { Order } from '../../domain/order/order.ts';
import type { Device } from '../../domain/order/reference.ts';
import { reference as shipped } from '../reference.ts';
import type { SealingKey } from '../seal/sealing-key.ts';

/** What printing gives the page. Errors cross as plain data: a class would not survive the way. */
export type Printed =
  | { readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly unprintable: { readonly field: string; readonly codePoint: number | null } };

/** The files of a template pack by name. */
export type PackFiles = ReadonlyMap<string, Uint8Array>;

/** A pack and its files, or everything that is wrong with it, by file and line. */
export type OpenedPack =
  | { readonly pack: TemplatePack; readonly files: PackFiles }
  | { readonly errors: readonly PackError[] };

const load = async (url: string): Promise<Uint8Array> => {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
};

// A failed load is tried again by the next print.
let printer: ReturnType<typeof createPrinter> | null = null;
const ready = () => {
  printer ??= Promise.all([load(serifUrl), load(sansUrl), load(subsetUrl)]).then(
    ([serif, sans, subsetWasm]) => createPrinter({ serif, sans, subsetWasm }),
  );
  printer.catch(() => {
    printer = null;
  });
  return printer;
};

const service = {
  async print(
    document: DocumentId,
    order: Order,
    devices: readonly Device[],
    options: PrintOptions,
  ): Promise<Printed> {
    try {
      // The fonts themselves say what can be printed here.
      const reference = { devices, canPrint: () => true };
      const made = await (await ready()).print(document, order, reference, options);
      const bytes = new Uint8Array(made);
      return transfer({ bytes }, [bytes.buffer]);
    } catch (error) {
      if (!(error instanceof UnprintableError)) throw error;
      return { unprintable: { field: error.field, codePoint: error.codePoint } };
    }
  },
  /** Seals a PDF: see `domain/evidence/seal.ts`. */
  async seal(pdf: Uint8Array, claim: Claim, { privateKey, certificate }: SealingKey, at: Date) {
    const [{ sealPdf }, { CryptoKeySigner }] = await Promise.all([
      import('../../domain/evidence/seal.ts'),
      import('@libpdf/core'),
    ]);
    const signer = new CryptoKeySigner(privateKey, certificate, 'EC', 'ECDSA');
    const bytes = new Uint8Array(await sealPdf(pdf, claim, signer, at));
    return transfer(bytes, [bytes.buffer]);
  },
  /** Reads and checks a template pack; 30 pages of Markdown would make the page stutter too. */
  checkPack: (files: PackFiles) => checkPack(files, shipped.canPrint),
  /** The same of a zip's bytes, or of a folder's files by path. */
  openPack(
    source: Uint8Array | readonly (readonly [path: string, bytes: Uint8Array])[],
  ): OpenedPack {
    const found = source instanceof Uint8Array ? unzipPack(source) : packFiles(source);
    if ('errors' in found) return found;
    const checked = checkPack(found.files, shipped.canPrint);
    return 'errors' in checked ? checked : { ...checked, ...found };
  },
};

export type PrintService = typeof service;
expose(service);
