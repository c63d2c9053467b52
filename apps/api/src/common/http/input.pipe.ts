import { type ArgumentMetadata, Injectable, StandardSchemaValidationPipe } from '@nestjs/common';
import { AppError } from '../errors/app-error.js';
import { validationFailed } from '../errors/problem.js';

/** Checks input by its schema. A schema of one parameter knows no name: problems of `:id` are told under `id`. */
@Injectable()
export class InputPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({ exceptionFactory: validationFailed });
  }

  override async transform<T = unknown>(value: T, metadata: ArgumentMetadata): Promise<T> {
    try {
      return await super.transform(value, metadata);
    } catch (error) {
      const { data: name } = metadata;
      if (!(error instanceof AppError) || name === undefined) throw error;
      const fields = error.fields?.map((field) => ({
        ...field,
        path: field.path === '' ? name : `${name}.${field.path}`,
      }));
      throw new AppError(error.code, { fields });
    }
  }
}
