import { type DoctorReport, doctorReport } from '@besedka/contracts';
import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Requires } from '../../../common/access/access.decorators.js';
import { Answers } from '../../../common/http/answers.decorator.js';
import { RateLimit } from '../../../common/rate-limit/rate-limit.decorator.js';
import { DoctorService } from './doctor.service.js';

/** Each look opens connections to every neighbour. */
const LIMIT = { name: 'doctor', limit: 30, windowSeconds: 60, by: 'user' } as const;

@ApiTags('rocketchat-admin')
@Controller('admin/doctor')
export class DoctorController {
  constructor(private readonly doctor: DoctorService) {}

  @Get()
  @Requires('rocketchat:manage')
  @RateLimit(LIMIT)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Look at the whole stack: what is wrong, and what mends it; the same as `npm run doctor`' })
  @ApiOkResponse({ standardSchema: doctorReport })
  @Answers(doctorReport)
  examine(): Promise<DoctorReport> {
    return this.doctor.examine();
  }
}
