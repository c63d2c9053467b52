import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../errors/app-error.js';

/** The `ETag` of a resource's version. */
export function etagOf(version: number): string {
  return `"${version}"`;
}

/** Tells the version of the answered resource. */
export function sendVersion(reply: FastifyReply, resource: { readonly version: number }): void {
  reply.header('etag', etagOf(resource.version));
}

/**
 * The version in `If-Match`; null when the header is missing.
 * @throws AppError `malformed_request` for anything but one of our tags: `*` would be "whatever it is now", the very thing
 * that versions are there to prevent
 */
export function parseIfMatch(header: string | undefined): number | null {
  if (header === undefined) return null;
  const version = /^\s*(?:W\/)?"(\d{1,9})"\s*$/.exec(header)?.[1];
  if (version === undefined) {
    throw new AppError('malformed_request', { detail: 'If-Match must be the ETag of the version that was edited.' });
  }
  return Number(version);
}

function header(execution: ExecutionContext): string | undefined {
  return execution.switchToHttp().getRequest<FastifyRequest>().headers['if-match'];
}

/** Parameter of a controller method: the version that the client edited; 428 when it did not say. */
export const IfMatch = createParamDecorator((_data: unknown, execution: ExecutionContext): number => {
  const version = parseIfMatch(header(execution));
  if (version === null) throw new AppError('precondition_required');
  return version;
});

/** The same where saying it is optional; null when the client did not. */
export const OptionalIfMatch = createParamDecorator((_data: unknown, execution: ExecutionContext): number | null =>
  parseIfMatch(header(execution)),
);
