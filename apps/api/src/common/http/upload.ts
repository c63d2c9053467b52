import type { FastifyRequest } from 'fastify';
import { AppError } from '../errors/app-error.js';

/**
 * The one file of a multipart request.
 * @param bytesMax the largest that is taken
 * @throws AppError `unsupported_media_type`, `payload_too_large`, `malformed_request`
 */
export async function uploadOf(request: FastifyRequest, bytesMax: number): Promise<Buffer> {
  if (!request.isMultipart()) throw new AppError('unsupported_media_type');
  try {
    // One byte more than allowed: what reaches it is too large, whenever the parser gets round to saying so.
    const limits = { fileSize: bytesMax + 1, files: 1, fields: 4, parts: 5 };
    const part = await request.file({ limits });
    const content = await part?.toBuffer();
    if (content !== undefined && content.length <= bytesMax) return content;
    if (content !== undefined) throw new AppError('payload_too_large');
  } catch (error) {
    // Limits come with a status; what the parser itself throws (no boundary, a body cut short) comes without.
    if (error instanceof AppError || (error instanceof Error && 'statusCode' in error)) throw error;
    throw new AppError('malformed_request', { detail: 'The multipart body could not be read.', cause: error });
  }
  throw new AppError('malformed_request', { detail: 'A file is missing.' });
}
