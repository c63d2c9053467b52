import type { DoctorReport } from '@besedka/contracts/doctor';
import type {
  RocketChatBackupEntries,
  RocketChatRun,
  RocketChatRuns,
  RocketChatStatus,
  StartRocketChatRun,
} from '@besedka/contracts/rocketchat-runs';
import type {
  ResolveRocketChatConflict,
  RocketChatSync,
  RocketChatSyncState,
} from '@besedka/contracts/rocketchat-sync';
import { http } from '../../../shared/api/client';

export const fetchStatus = (): Promise<RocketChatStatus> => http.get('admin/rocketchat');

/** The last runs, the latest first. */
export const fetchRuns = (): Promise<RocketChatRuns> => http.get('admin/rocketchat/runs');

/** One run: how far it is, what it found or did. */
export const fetchRun = (id: string): Promise<RocketChatRun> => http.get(`admin/rocketchat/runs/${id}`);

/** Begins a run. @throws ApiError `rocketchat_run_active` with the id of the one under way */
export const startRun = (body: StartRocketChatRun): Promise<RocketChatRun> => http.post('admin/rocketchat/runs', body);

/** Looks at the whole stack; takes some seconds when a neighbour is silent. */
export const fetchDoctor = (): Promise<DoctorReport> => http.get('admin/doctor');

/** Backups that were kept before something was written, and those made by hand; the latest first. */
export const fetchBackups = (): Promise<RocketChatBackupEntries> => http.get('admin/rocketchat/backups');

/** Where a backup is downloaded from. */
export const backupAddress = (id: string): string => `/api/v1/admin/rocketchat/backups/${id}/file`;

/** Begins a run that plans a restore from a file. @throws ApiError `rocketchat_backup_invalid`, `rocketchat_run_active` */
export function planFromFile(file: File): Promise<RocketChatRun> {
  const body = new FormData();
  body.append('file', file);
  return http.post('admin/rocketchat/backups/plan', body);
}

/** Accounts there: how many are in which state, and a page of those in one. */
export const fetchSync = (
  state: RocketChatSyncState,
  { cursor = null, limit = 20 }: { cursor?: string | null; limit?: number } = {},
): Promise<RocketChatSync> => http.get('admin/rocketchat/sync', { query: { state, cursor, limit } });

/** Looks again at everybody who is not known to be in step. */
export const retryAll = (): Promise<unknown> => http.post('admin/rocketchat/sync/retry', {});
export const retryOne = (userId: string): Promise<unknown> => http.post(`admin/rocketchat/sync/${userId}/retry`, {});

/** @throws ApiError `rocketchat_no_conflict`, `rocketchat_not_linkable` */
export const resolveConflict = (userId: string, body: ResolveRocketChatConflict): Promise<unknown> =>
  http.post(`admin/rocketchat/sync/${userId}/resolve`, body);
