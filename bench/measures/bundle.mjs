import { measureChatRoute } from '../../apps/web/scripts/bundle-size.mjs';
import { round } from '../lib/numbers.mjs';

/** JavaScript loaded until the chat view works, gzip. */
export async function measureBundle() {
  const { gzipBytes, limit, chunks } = await measureChatRoute();
  return {
    measure: 'JavaScript loaded until the chat view works, kB gzip',
    target: `<= ${limit / 1000}`,
    value: round(gzipBytes / 1000, 1),
    met: gzipBytes <= limit,
    detail: { chunks: chunks.length, largest: chunks.slice(0, 3) },
  };
}
