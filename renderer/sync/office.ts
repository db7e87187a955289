import {
  type ExportedOrder,
  type ExportFormat,
  exportAnswerSchema,
  type OfficeList,
  officeListSchema,
  type ReviewRequest,
  type Rounds,
  roundFieldsSchema,
  roundsSchema,
} from '../../domain/review/wire.ts';
import { type FieldState, officeOrderFieldsSchema } from '../../domain/sync/wire.ts';
import type { Service } from './service.ts';

/** What the list is asked for, as text; what is left out is the service's to choose. */
export type ListQuery = Readonly<Record<string, string>>;

/** What the office sees and does. Online only. @throws {ServiceError} with a Chinese message */
export interface OfficeClient {
  list(query: ListQuery): Promise<OfficeList>;
  order(id: string): Promise<readonly FieldState[]>;
  attachment(sha256: string): Promise<Uint8Array>;
  rounds(order: string): Promise<Rounds>;
  /** The order as it was decided on in a round. */
  fieldsOfRound(order: string, round: number): Promise<readonly FieldState[]>;
  review(order: string, request: ReviewRequest): Promise<Rounds>;
  /** What of some orders goes into a file; the audit trail keeps that it did. */
  export(orders: readonly string[], format: ExportFormat): Promise<readonly ExportedOrder[]>;
}

export const createOffice = (service: () => Promise<Service>): OfficeClient => {
  const http = async () => (await service()).http;
  return {
    list: async (query) => {
      const { request, read } = await http();
      return read(officeListSchema, await request(`/office/orders?${new URLSearchParams(query)}`));
    },
    order: async (id) => {
      const { request, read } = await http();
      return (await read(officeOrderFieldsSchema, await request(`/office/orders/${id}`))).fields;
    },
    attachment: async (sha256) => (await service()).getAttachment(sha256),
    rounds: async (order) => {
      const { request, read } = await http();
      return read(roundsSchema, await request(`/office/orders/${order}/rounds`));
    },
    fieldsOfRound: async (order, round) => {
      const { request, read } = await http();
      const answer = await request(`/office/orders/${order}/rounds/${round}`);
      return (await read(roundFieldsSchema, answer)).fields;
    },
    review: async (order, asked) => {
      const { post, read } = await http();
      return read(roundsSchema, await post(`/office/orders/${order}/review`, asked));
    },
    export: async (orders, format) => {
      const { post, read } = await http();
      const answer = await post('/office/exports', { orders, format });
      return (await read(exportAnswerSchema, answer)).orders;
    },
  };
};
