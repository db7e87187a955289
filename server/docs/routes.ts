import { Hono } from 'hono';
import { html, raw } from 'hono/html';
import { type ErrorCode, ServiceError } from '../service/errors.ts';
import { ENDPOINTS, type Endpoint, TAGS } from './endpoints.ts';
import { openApi } from './openapi.ts';

/** `/docs` for people, `/docs/openapi.json` for programs. Nothing on the page comes from elsewhere. */
export function docsRoutes(version: string): Hono {
  const app = new Hono();
  const document = openApi(version);
  app.get('/openapi.json', (c) => c.json(document));
  app.get('/', (c) => c.html(page(version)));
  return app;
}

const STYLE = `
  body { font: 16px/1.7 system-ui, 'Noto Sans SC', sans-serif; color: #1f2329; margin: 0 auto;
    max-width: 60rem; padding: 2rem 1.5rem; }
  h2 { margin-top: 2.5rem; }
  details { border: 1px solid #d8dce2; border-radius: 6px; margin: .5rem 0; padding: .5rem .9rem; }
  summary { cursor: pointer; }
  code, pre { font: 14px/1.5 ui-monospace, monospace; }
  pre { background: #f5f6f8; border-radius: 6px; overflow: auto; padding: .8rem; max-height: 30rem; }
  .method { display: inline-block; font-weight: 600; width: 4.2rem; }
  td { padding: .1rem 1rem .1rem 0; vertical-align: top; }
`;

const page = (version: string) => {
  const { paths } = openApi(version);
  return html`<!doctype html>
<html lang="zh-CN">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <title>勘签同步服务 · 接口</title>
    <style>${raw(STYLE)}</style>
  </head>
  <body>
    <h1>勘签同步服务</h1>
    <p>版本 ${version}。供程序使用的描述：<a href="/docs/openapi.json">openapi.json</a>（OpenAPI 3.1）。
      除注明“无需登录”的以外，请求都带 <code>Authorization: Bearer 令牌</code>。
      出错的回答都是 <code>{"code": …, "message": …}</code>：code 供程序判断，message 给人看。</p>
    ${Object.entries(TAGS).map(
      ([tag, about]) => html`<h2>${tag}</h2><p>${about}</p>
      ${ENDPOINTS.filter((one) => one.tag === tag).map((one) => section(one, paths))}`,
    )}
  </body>
</html>`;
};

const section = (endpoint: Endpoint, paths: ReturnType<typeof openApi>['paths']) => {
  const { method, path, summary, open, errors = [] } = endpoint;
  const described = paths[path.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
  return html`<details>
  <summary><code><span class="method">${method}</span>${path}</code> ${summary}${open ? '（无需登录）' : ''}</summary>
  ${errors.length > 0 ? html`<table>${errors.map(row)}</table>` : ''}
  <pre>${JSON.stringify(described, null, 2)}</pre>
</details>`;
};

const row = (code: ErrorCode) => {
  const { status, message } = new ServiceError(code);
  return html`<tr><td>${status}</td><td><code>${code}</code></td><td>${message}</td></tr>`;
};
