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
import { checkPack } from '../../domain/documents/template/pack.ts';
import type { DocumentId } from '../../domain/order/dictionary.ts';
import type { Order } from '../../domain/order/order.ts';
import type { Device } from '../../domain/order/reference.ts';
import { reference as shipped } from '../reference.ts';

/** What printing gives the page. Errors cross as plain data: a class would not survive the way. */
export type Printed =
  | { readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly unprintable: { readonly field: string; readonly codePoint: number } };

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
  /** Reads and checks a template pack; 30 pages of Markdown would make the page stutter too. */
  checkPack: (files: ReadonlyMap<string, Uint8Array>) => checkPack(files, shipped.canPrint),
};

export type PrintService = typeof service;
expose(service);
