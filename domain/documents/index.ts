/** The documents of an order, printed. */
import { DOCUMENT_IDS, type DocumentId } from '../order/dictionary.ts';
import type { Order } from '../order/order.ts';
import type { Reference } from '../order/reference.ts';
import { signatureState } from '../order/signature.ts';
import { acceptance } from './acceptance.ts';
import { accessAgreement } from './access-agreement.ts';
import { agreement } from './agreement.ts';
import type { Files, Given, Seals } from './blanks.ts';
import { commitment } from './commitment.ts';
import type { Drawing } from './drawing.ts';
import { evidence } from './evidence.ts';
import { layOut } from './layout.ts';
import { metricsOf } from './metrics.ts';
import type { DocumentModel } from './model.ts';
import type { EmbeddableFace } from './pdf.ts';
import { roster } from './roster.ts';
import { createSubsetting } from './subset.ts';
import { survey } from './survey.ts';
import type { TemplatePack } from './template/ast.ts';
import { readTypeface } from './typeface.ts';

export { UnprintableError } from './text.ts';

/** A document's text and layout, from the order: one file and one line here for each. */
export const DOCUMENTS: Readonly<
  Record<DocumentId, (order: Order, given: Given) => DocumentModel>
> = {
  agreement,
  'access-agreement': accessAgreement,
  commitment,
  survey,
  acceptance,
  roster,
  evidence,
};

/** The documents that can be printed, in the order of the paper file. */
export const PRINTABLE: readonly DocumentId[] = DOCUMENT_IDS;

/** Whether a name is that of a document that can be printed. */
export const isPrintable = (name: string): name is DocumentId =>
  PRINTABLE.some((id) => id === name);

export interface PrintOptions {
  /** Whether the standing signatures on this document are drawn in place. */
  readonly signatures: boolean;
  /** Where the text documents take their text from; the others are printed without. */
  readonly pack?: TemplatePack | undefined;
  /** The signed and sealed PDFs, for the evidence page. */
  readonly files?: Files | undefined;
  /** Photos of the parties' seals, in their places where signatures are drawn. */
  readonly seals?: Seals | undefined;
}

export interface Printer {
  /**
   * The PDF of a document; the same order gives the same bytes.
   *
   * @throws UnprintableError when no shipped font can draw a character
   */
  print(
    document: DocumentId,
    order: Order,
    reference: Reference,
    options: PrintOptions,
  ): Promise<Uint8Array>;

  /**
   * Several documents as one PDF, one after the other, each with its own page numbers and its place
   * in the outline.
   *
   * @throws UnprintableError when no shipped font can draw a character
   */
  printTogether(
    documents: readonly DocumentId[],
    order: Order,
    reference: Reference,
    options: PrintOptions,
  ): Promise<Uint8Array>;
}

/** The printer's parts, as files: the faces (TrueType) and HarfBuzz's subsetter (WebAssembly). */
export interface PrinterParts {
  readonly serif: Uint8Array;
  readonly sans: Uint8Array;
  readonly subsetWasm: Uint8Array | ArrayBuffer;
}

/** Reads the fonts, once. */
export async function createPrinter({ serif, sans, subsetWasm }: PrinterParts): Promise<Printer> {
  // Loaded only here, so that screens which list documents do not carry jsPDF.
  const { writePdf } = await import('./pdf.ts');
  const subsetting = await createSubsetting(subsetWasm);
  const face = (bytes: Uint8Array, name: string): EmbeddableFace => ({
    typeface: readTypeface(bytes),
    subset: subsetting(bytes),
    name,
  });
  const faces = {
    serif: face(serif, 'NotoSerifSC-Regular'),
    sans: face(sans, 'NotoSansSC-Medium'),
  };
  const metrics = metricsOf({ serif: faces.serif.typeface, sans: faces.sans.typeface });
  const drawingOf = (
    document: DocumentId,
    order: Order,
    reference: Reference,
    { signatures, files, seals, pack }: PrintOptions,
  ): Drawing => {
    const shown = order.signatures.filter(
      (signature) =>
        signatures &&
        signature.documents.includes(document) &&
        signatureState(order, signature) === 'standing',
    );
    const given = { reference, signatures: shown, files, pack, ...(signatures && { seals }) };
    return layOut(DOCUMENTS[document](order, given), metrics);
  };
  return {
    print: async (document, order, reference, options) =>
      writePdf(drawingOf(document, order, reference, options), faces),
    printTogether: async (documents, order, reference, options) => {
      const drawings = documents.map((document) => drawingOf(document, order, reference, options));
      const { orderNumber, 'customer.name': customer } = order.facts;
      const title = ['工单', orderNumber, customer].filter(Boolean).join(' ');
      return writePdf({ title, pages: drawings.flatMap(({ pages }) => pages) }, faces);
    },
  };
}
