import {
  applyDecorators,
  SerializeOptions,
  StandardSchemaSerializerInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import type { z } from 'zod';

/**
 * What a route answers: only what the schema of the contracts names leaves the server. Bound to each route that declares one and not to
 * all of them: an interceptor costs every request that it stands in front of (docs/decisions/0005).
 */
export function Answers(schema: z.ZodType): MethodDecorator {
  return applyDecorators(SerializeOptions({ schema }), UseInterceptors(StandardSchemaSerializerInterceptor));
}
