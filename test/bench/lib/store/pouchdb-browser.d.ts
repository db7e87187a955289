/** The part of PouchDB that the measurement uses: the package brings no types. */
declare module 'pouchdb-browser' {
  type Doc<T> = T & { readonly _id: string; readonly _rev: string };
  export default class PouchDB<T> {
    constructor(name: string);
    get(id: string): Promise<Doc<T>>;
    put(doc: T & { _id: string; _rev?: string }): Promise<{ rev: string }>;
    bulkDocs(docs: readonly (T & { _id: string })[]): Promise<unknown>;
    allDocs(options: {
      include_docs?: boolean;
      startkey?: string;
      endkey?: string;
    }): Promise<{ rows: { doc: Doc<T> }[] }>;
    close(): Promise<void>;
  }
}
