import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';

const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };

/** Notes in the interface description that a write needs `If-Match`; the parameter decorator `@IfMatch()` reads it. */
export function ApiVersioned(): MethodDecorator {
  return applyDecorators(
    ApiHeader({ name: 'If-Match', required: true, description: 'ETag of the version that was edited' }),
    ApiResponse({
      status: 412,
      description: 'Somebody changed it meanwhile; `current` is what it is now',
      content: problem,
    }),
    ApiResponse({ status: 428, description: 'If-Match is missing', content: problem }),
  );
}
