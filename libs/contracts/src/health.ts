import { z } from 'zod';

/** Answer of `GET /version`: every process tells what it runs (F22). */
export const versionInfo = z
  .object({
    name: z.literal('besedka'),
    version: z.string(),
    commit: z.string(),
    startedAt: z.iso.datetime(),
    node: z.string(),
  })
  .meta({ id: 'VersionInfo' });
export type VersionInfo = z.infer<typeof versionInfo>;
