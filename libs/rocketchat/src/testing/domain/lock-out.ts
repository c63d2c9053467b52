import type { Core } from '../core.js';
import { refusal } from '../http/errors.js';

/** Wrong passwords, counted by account and by address, and what follows from them. */
export class LockOut {
  private readonly failures = new Map<string, number[]>();

  constructor(private readonly core: Core) {}

  /** @throws RcError `error-login-blocked-for-user`, `error-login-blocked-for-ip` */
  check(userId: string | undefined, ip: string): void {
    if (!this.core.settings.bool('Block_Multiple_Failed_Logins_Enabled')) return;
    if (this.isBlocked(`ip:${ip}`, 'Ip') && !this.isTrusted(ip)) {
      throw refusal('error-login-blocked-for-ip', 'Login has been temporarily blocked For IP');
    }
    if (userId && this.isBlocked(`user:${userId}`, 'User')) {
      throw refusal('error-login-blocked-for-user', 'Login has been temporarily blocked For User');
    }
  }

  fail(userId: string | undefined, ip: string): void {
    for (const key of [`ip:${ip}`, ...(userId ? [`user:${userId}`] : [])]) {
      this.failures.set(key, [...(this.failures.get(key) ?? []), this.core.clock.now()]);
    }
  }

  succeed(userId: string, ip: string): void {
    this.failures.delete(`user:${userId}`);
    this.failures.delete(`ip:${ip}`);
  }

  private isBlocked(key: string, by: 'User' | 'Ip'): boolean {
    const { settings, clock } = this.core;
    if (!settings.bool(`Block_Multiple_Failed_Logins_By_${by}`)) return false;
    const most = settings.number(
      `Block_Multiple_Failed_Logins_Attempts_Until_Block_${by === 'User' ? 'by' : 'By'}_${by}`,
    );
    const minutes = settings.number(`Block_Multiple_Failed_Logins_Time_To_Unblock_By_${by}_In_Minutes`);
    const since = clock.now() - minutes * 60_000;
    const recent = (this.failures.get(key) ?? []).filter((at) => at > since);
    this.failures.set(key, recent);
    return recent.length >= most;
  }

  private isTrusted(ip: string): boolean {
    return this.core.settings.list('Block_Multiple_Failed_Logins_Ip_Whitelist').includes(ip);
  }
}
