import { AppError } from '../../common/errors/app-error.js';
import { fileTypeFromBuffer } from 'file-type';
import sharp from 'sharp';

/** Raster formats that are taken, by what the content is; names and declared types are the sender's claims. */
const TAKEN = new Set(['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif']);
/** Pixels of a picture before it is made small: a 25-megapixel photo fits, a decompression bomb does not. */
const PIXELS_MAX = 40_000_000;
const SIDE = 256;

// Pictures are rare and small afterwards; they must not take the threads that password hashing needs.
sharp.concurrency(1);
sharp.cache(false);

/**
 * A picture of ours out of whatever was sent: 256×256, upright, WebP, without EXIF, colour profiles or anything else that
 * the sender put in.
 * @throws AppError `avatar_invalid`
 */
export async function renderAvatar(upload: Buffer): Promise<Buffer> {
  const type = await fileTypeFromBuffer(upload);
  if (type === undefined || !TAKEN.has(type.mime)) throw new AppError('avatar_invalid');
  try {
    return await sharp(upload, { limitInputPixels: PIXELS_MAX, failOn: 'error', pages: 1, sequentialRead: true })
      .timeout({ seconds: 10 })
      .autoOrient()
      .resize(SIDE, SIDE, { fit: 'cover', position: 'attention' })
      .webp({ quality: 82, effort: 4 })
      .toBuffer();
  } catch (cause) {
    // Every failure of the decoder is about the sender's bytes: truncated, too many pixels, not what they begin as.
    throw new AppError('avatar_invalid', { cause });
  }
}
