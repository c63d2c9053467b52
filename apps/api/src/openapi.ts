import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppModule } from './app.module.js';
import { openApiDocument } from './common/http/openapi-document.js';
import { createLogger } from './common/logging/logger.js';
import type { AppConfig } from './config/app-config.js';
import { loadConfig } from './config/load-config.js';
import { createApp } from './configure-app.js';

/** The interface file kept in the repository; a test compares it with the routes. */
export const OPENAPI_FILE = resolve(import.meta.dirname, '..', 'openapi.json');

/** The document as text, made from the declarations alone: no database, no listening. */
export async function renderOpenApi(config: AppConfig): Promise<string> {
  const logger = createLogger({ level: 'silent' });
  const app = await createApp(AppModule.with(config, logger), config, logger, true);
  const document = openApiDocument(app, config.build.version);
  await app.close();
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Settings that reading declarations needs: none that matters. */
export function configForOpenApi(): AppConfig {
  return loadConfig({
    BESEDKA_MODE: 'local',
    DATABASE_URL: 'postgres://localhost/none',
    AUTH_SECRET: 'only-for-writing-the-interface-file',
    LOG_LEVEL: 'silent',
  });
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === import.meta.filename) {
  writeFileSync(OPENAPI_FILE, await renderOpenApi(configForOpenApi()));
}
