import { describe, expect, it } from '@jest/globals';
import { createUser, putUser } from '@besedka/contracts/users';
import { refusalMessages, schemaMessages, serverMessages } from './formMessages';

const text = (code: string): string => `<${code}>`;
const good = { username: 'anna', fullName: 'Анна', email: null, locale: 'ru', roles: ['user'] };

describe('messages beside the fields', () => {
  it('are none for a good form', () => {
    expect(schemaMessages(putUser, good, text)).toEqual([]);
  });

  it('name the rule of the contract, once per field', () => {
    const body = { ...good, username: 'А', email: 'nobody', roles: [] };
    expect(schemaMessages(putUser, body, text)).toEqual([
      { name: 'username', message: '<too_short>' },
      { name: 'email', message: '<bad_email>' },
      { name: 'roles', message: '<empty>' },
    ]);
  });

  it('ask to fill in what is empty', () => {
    expect(schemaMessages(putUser, { ...good, fullName: '' }, text)).toEqual([
      { name: 'fullName', message: '<empty>' },
    ]);
  });

  it('ask for an address when somebody is to be invited', () => {
    expect(schemaMessages(createUser, { ...good, invite: true }, text)).toEqual([
      { name: 'email', message: '<email_needed>' },
    ]);
    expect(schemaMessages(createUser, { ...good, invite: false }, text)).toEqual([
      { name: 'password', message: '<password_or_invite>' },
    ]);
  });

  it('place what the server says about one role beside all roles', () => {
    const errors = [
      { path: 'roles.1', code: 'role_unknown', message: '' },
      { path: 'roles.2', code: 'role_unknown', message: '' },
      { path: 'fullName', code: 'too_long', message: '' },
    ];
    expect(serverMessages(errors, text)).toEqual([
      { name: 'roles', message: '<role_unknown>' },
      { name: 'fullName', message: '<too_long>' },
    ]);
  });

  it('after a refusal stand beside every field that one answer refuses', () => {
    const words = { code: (code: string) => `[${code}]`, rule: text };
    const name = { path: 'username', code: 'username_taken', message: '' };
    const mail = { path: 'email', code: 'email_taken', message: '' };
    expect(refusalMessages({ code: 'username_taken', fields: [name, mail] }, words)).toEqual([
      { name: 'username', message: '[username_taken]' },
      { name: 'email', message: '[email_taken]' },
    ]);
    expect(refusalMessages({ code: 'email_taken', fields: [mail] }, words)).toEqual([
      { name: 'email', message: '[email_taken]' },
    ]);
    expect(refusalMessages({ code: 'last_administrator', fields: [] }, words)).toEqual([
      { name: 'roles', message: '[last_administrator]' },
    ]);
    const rules = [
      { path: 'fullName', code: 'too_long', message: '' },
      { path: 'roles.0', code: 'invalid', message: '' },
    ];
    expect(refusalMessages({ code: 'validation_failed', fields: rules }, words)).toEqual([
      { name: 'fullName', message: '<too_long>' },
      { name: 'roles', message: '<invalid>' },
    ]);
    expect(refusalMessages({ code: 'internal', fields: [] }, words)).toEqual([]);
  });
});
