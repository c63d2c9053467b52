import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';

const OPEN_TO_ALL = { config: { access: { kind: 'public', principal: 'none' } } } as const;

/** Files of the reader, with their types; served from the installed package, from no other host. */
const READER_FILES = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
} as const;

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Besedka API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
</head>
<body>
<div id="reader"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
</body>
</html>
`;

// The validator badge would send the document's address to another host.
const START = `window.ui = SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#reader', deepLinking: true, validatorUrl: null });
`;

/**
 * `/api/openapi.json` and a page to read it, `/api/docs`. Own routes instead of the library's set-up: they stand in the
 * route sweep with an access declaration, and the page has no inline script, as our content policy demands.
 */
export function serveApiDocs(server: FastifyInstance, document: () => OpenAPIObject): void {
  let text: string | null = null;
  server.get('/api/openapi.json', OPEN_TO_ALL, (_request, reply) => {
    text ??= JSON.stringify(document());
    return reply.type('application/json; charset=utf-8').header('cache-control', 'no-cache').send(text);
  });
  server.get('/api/docs', OPEN_TO_ALL, (_request, reply) => reply.type('text/html; charset=utf-8').send(PAGE));
  server.get('/api/docs/start.js', OPEN_TO_ALL, (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').send(START),
  );
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  for (const [name, type] of Object.entries(READER_FILES)) {
    server.get(`/api/docs/${name}`, OPEN_TO_ALL, (_request, reply) =>
      reply
        .type(type)
        .header('cache-control', 'max-age=86400')
        .send(readFileSync(join(folder, name))),
    );
  }
}
