import { ERROR_CODES } from '@besedka/contracts';
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

/** Every failure's body (RFC 9457); the access decorators and modules refer to it by name. */
const PROBLEM_SCHEMA = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'requestId'],
  properties: {
    type: { type: 'string', description: 'urn:besedka:error:<code>' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: [...ERROR_CODES] },
    detail: { type: 'string' },
    requestId: { type: 'string' },
    retryAfter: { type: 'number', description: 'Seconds, as in Retry-After' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['path', 'code', 'message'],
        properties: { path: { type: 'string' }, code: { type: 'string' }, message: { type: 'string' } },
      },
    },
    current: { description: '412: the resource as it is now' },
    data: { type: 'object', additionalProperties: true },
  },
};

/** The OpenAPI document out of the declarations on the routes. */
export function openApiDocument(app: INestApplication, version: string): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Besedka')
    .setDescription('Failures are application/problem+json, named by `code`. Times are UTC, ISO 8601.')
    .setVersion(version)
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, 'bearer')
    .addCookieAuth('besedka_access', { type: 'apiKey', in: 'cookie' }, 'cookie');
  const document = SwaggerModule.createDocument(app, builder.build(), {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  const schemas = { ...document.components?.schemas, Problem: PROBLEM_SCHEMA };
  // Sorted, so that the file kept in the repository changes only where the interface does.
  const sorted = Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => a.localeCompare(b, 'en')));
  const paths = Object.fromEntries(Object.entries(document.paths).sort(([a], [b]) => a.localeCompare(b, 'en')));
  return { ...document, paths, components: { ...document.components, schemas: sorted } };
}
