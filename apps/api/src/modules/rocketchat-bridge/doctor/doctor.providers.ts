import type { Provider, Type } from '@nestjs/common';
import { DoctorController } from './doctor.controller.js';
import { DoctorService } from './doctor.service.js';

/** The look at the whole stack, inside the server. */
export const DOCTOR_PROVIDERS: Provider[] = [DoctorService];
export const DOCTOR_CONTROLLERS: Type[] = [DoctorController];
