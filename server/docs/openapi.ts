import { z } from 'zod';
import { RECEIPT_HEADER } from '../../domain/sync/uploads.ts';
import { errorSchema, SERVICE_HEADER } from '../../domain/sync/wire.ts';
import { type ErrorCode, ServiceError } from '../service/errors.ts';
import { ENDPOINTS, type Endpoint, TAGS } from './endpoints.ts';

/** What any endpoint may answer, and what any that wants a token may. */
const ALWAYS: readonly ErrorCode[] = ['bad-request', 'failed'];
const SIGNED_IN: readonly ErrorCode[] = ['unauthorised', 'sign-in-again', 'no-right', 'wipe'];

/** OpenAPI 3.1, whose schemas are those that the service checks by. */
export function openApi(version: string) {
  const paths: Record<string, Record<string, object>> = {};
  for (const endpoint of ENDPOINTS) {
    const path = endpoint.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] ??= {};
    paths[path][endpoint.method.toLowerCase()] = operation(endpoint);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: '勘签同步服务',
      version,
      description: `每个出错的回答都有供程序判断的 code 和给人看的中文 message；每个回答都带有 ${SERVICE_HEADER} 头。`,
    },
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: { Error: schemaOf(errorSchema, 'output') },
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  };
}

/** A schema as JSON Schema 2020-12, which OpenAPI 3.1 takes as it is. */
const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): z.core.JSONSchema.BaseSchema => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
};

const BYTES = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } };
const TUS_BYTES = { 'application/offset+octet-stream': { schema: { type: 'string' } } };

function operation(endpoint: Endpoint): object {
  const { method, path, tag, summary, open, query, headers = {}, body, status } = endpoint;
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    ...{ name, in: 'path', required: true, schema: { type: 'string' } },
  }));
  const inQuery = Object.entries(query?.shape ?? {}).map(([name, schema]) => ({
    ...{ name, in: 'query', required: !z.safeParse(schema, undefined).success },
    schema: schemaOf(z.object({ it: schema as z.ZodType }), 'input').properties?.it,
  }));
  const inHeaders = Object.entries(headers).map(([name, description]) => ({
    ...{
      name,
      in: 'header',
      required: !path.startsWith('/bundles'),
      description,
      schema: { type: 'string' },
    },
  }));
  const content =
    body === 'bytes'
      ? path.startsWith('/uploads')
        ? TUS_BYTES
        : BYTES
      : body && { 'application/json': { schema: schemaOf(body, 'input') } };
  return {
    ...{ tags: [tag], summary, operationId: operationId(method, path) },
    security: open ? [] : [{ token: [] }],
    parameters: [...inPath, ...inQuery, ...inHeaders],
    ...(content ? { requestBody: { required: body !== 'bytes', content } } : {}),
    responses: { [status]: answerOf(endpoint), ...refusalsOf(endpoint) },
  };
}

const operationId = (method: string, path: string): string =>
  [method.toLowerCase(), ...path.split(/[/:-]+/).filter(Boolean)].join('_');

function answerOf({ answer, path }: Endpoint): object {
  const description = '已完成';
  if (path.startsWith('/uploads')) {
    const names = ['Upload-Offset', RECEIPT_HEADER];
    const schema = { type: 'string' };
    return { description, headers: Object.fromEntries(names.map((name) => [name, { schema }])) };
  }
  if (answer === undefined) return { description };
  if (answer === 'bytes') return { description, content: BYTES };
  if (answer === 'events') {
    return { description, content: { 'text/event-stream': { schema: { type: 'string' } } } };
  }
  return { description, content: { 'application/json': { schema: schemaOf(answer, 'output') } } };
}

/** By status, the codes that an endpoint may refuse with and what they say. */
function refusalsOf({ errors = [], open }: Endpoint): Record<string, object> {
  const codes = [...ALWAYS, ...(open ? [] : SIGNED_IN), ...errors].map(
    (code) => new ServiceError(code),
  );
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } };
  return Object.fromEntries(
    [...new Set(codes.map(({ status }) => status))].map((status) => {
      const said = codes.filter((error) => error.status === status);
      const description = said.map(({ code, message }) => `\`${code}\` ${message}`).join('\n\n');
      return [status, { description, content }];
    }),
  );
}
