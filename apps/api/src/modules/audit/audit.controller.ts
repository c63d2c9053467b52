import { type AuditEntry, auditPage, type AuditQuery, auditQuery, type Page } from '@besedka/contracts';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Requires } from '../../common/access/access.decorators.js';
import { Answers } from '../../common/http/answers.decorator.js';
import { AuditService } from './audit.service.js';

/** What was done, by whom, from where. */
@ApiTags('audit')
@Controller('audit')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @Get()
  @Requires('audit:read')
  @ApiOperation({ summary: 'The audit log, the latest first: filters by key, subject and actor, keyset pages' })
  @ApiOkResponse({ standardSchema: auditPage })
  @Answers(auditPage)
  list(@Query({ schema: auditQuery }) query: AuditQuery): Promise<Page<AuditEntry>> {
    return this.audit.list(query);
  }
}
