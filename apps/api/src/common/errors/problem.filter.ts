import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { AppError } from './app-error.js';
import { toAppError, toProblem } from './problem.js';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

const FILE_HEADERS = [
  'content-length',
  'content-encoding',
  'content-disposition',
  'content-range',
  'accept-ranges',
  'etag',
  'last-modified',
];

/** Sends one problem document; shared by the filter and by the few answers given before Nest is reached. */
export function sendProblem(reply: FastifyReply, error: AppError, requestId: string): void {
  // Headers of the answer that did not come to be (a file's type, its cache rules) must not describe the problem.
  for (const name of FILE_HEADERS) reply.removeHeader(name);
  if (error.retryAfter !== undefined) reply.header('retry-after', String(Math.max(1, Math.ceil(error.retryAfter))));
  if (error.status === 401) reply.header('www-authenticate', 'Bearer');
  reply
    .code(error.status)
    .header('cache-control', 'no-store')
    .type(PROBLEM_TYPE)
    // Serialised here: Fastify would pick a serialiser by content type, and an unknown type has none.
    .send(JSON.stringify(toProblem(error, requestId)));
}

/** Every failure of an HTTP request ends here, as `application/problem+json` unless its address speaks another protocol. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly logger: Logger,
    /** Methods that the path would answer to; tells 405 from 404. */
    private readonly methodsOf: (path: string) => readonly string[],
    /** Answers where another protocol is spoken; false: it is not. */
    private readonly inOtherWords: (request: FastifyRequest, reply: FastifyReply, error: AppError) => boolean,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    // Socket handlers answer through acknowledgements; the realtime module maps with `toAppError` itself.
    if (host.getType() !== 'http') throw thrown;
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    let error = toAppError(thrown);
    if (error.code === 'not_found' && !(thrown instanceof AppError)) error = this.wrongMethod(request, reply) ?? error;
    this.log(error, request);
    if (reply.sent || reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    if (!this.inOtherWords(request, reply, error)) sendProblem(reply, error, request.id);
  }

  private wrongMethod(request: FastifyRequest, reply: FastifyReply): AppError | null {
    const methods = this.methodsOf(request.url);
    if (methods.length === 0 || methods.includes(request.method)) return null;
    reply.header('allow', methods.join(', '));
    return new AppError('method_not_allowed', { data: { allow: methods } });
  }

  private log(error: AppError, request: FastifyRequest): void {
    const facts = { requestId: request.id, code: error.code, method: request.method, route: request.routeOptions?.url };
    if (error.code === 'internal') this.logger.error({ ...facts, err: error.cause ?? error }, 'request failed');
    else if (error.status >= 500) this.logger.warn({ ...facts, reason: reasonOf(error.cause) }, 'request refused');
  }
}

function reasonOf(cause: unknown): string | undefined {
  return cause instanceof Error ? cause.message : undefined;
}
