import { describe, expect, it } from '@jest/globals';
import { isComplete, typedCode } from './userCode';

describe('the code of a device, as it is typed', () => {
  it.each([
    ['', ''],
    ['wdjb', 'WDJB'],
    ['wdjbm', 'WDJB-M'],
    ['wdjb-mjht', 'WDJB-MJHT'],
    ['  WDJB MJHT\n', 'WDJB-MJHT'],
    ['wdjbmjhtxx', 'WDJB-MJHT'],
    ['W1D2', 'WD'],
  ])('%j becomes %j', (typed, text) => expect(typedCode(typed).text).toBe(text));

  it('the cursor stays behind the letter that was typed', () => {
    expect(typedCode('WDX-JBMJ', 3).cursor).toBe(3);
    expect(typedCode('WDJB-MXJ', 7).cursor).toBe(7);
    expect(typedCode('WDJBM', 5).cursor).toBe(6);
    expect(typedCode('WDJB', 4).cursor).toBe(4);
  });

  it('letters of another script are told, not swallowed silently', () => {
    expect(typedCode('ЦВОИ')).toMatchObject({ text: '', otherScript: true });
    expect(typedCode('WDJB-MJHT').otherScript).toBe(false);
  });

  it('is complete with eight letters', () => {
    expect(isComplete('WDJB-MJH')).toBe(false);
    expect(isComplete('WDJB-MJHT')).toBe(true);
  });
});
