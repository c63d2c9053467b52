import type { Locale } from '@besedka/contracts';

/** What a letter is about; each kind has its texts in every language. */
export type MailKind = 'activate' | 'reset' | 'password_changed' | 'email_changed';

export interface LetterData {
  readonly fullName: string;
  readonly username: string;
  /** Where the person goes on; null for letters that only tell. */
  readonly link: string | null;
  /** Address of the portal. */
  readonly portal: string;
}

export interface Letter {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

interface Texts {
  readonly subject: string;
  readonly lines: readonly string[];
  readonly action: string | null;
  readonly after: readonly string[];
}

type TextsOf = (data: LetterData) => Texts;

const TEXTS: Record<Locale, Record<MailKind, TextsOf>> = {
  ru: {
    activate: ({ fullName, username }) => ({
      subject: 'Приглашение в «Беседку»',
      lines: [
        `Здравствуйте, ${fullName}!`,
        `Для Вас создана учётная запись «${username}». Откройте ссылку и придумайте пароль, чтобы войти.`,
      ],
      action: 'Войти в «Беседку»',
      after: ['Ссылка действует 7 дней и срабатывает один раз.'],
    }),
    reset: ({ fullName }) => ({
      subject: 'Новый пароль для «Беседки»',
      lines: [
        `Здравствуйте, ${fullName}!`,
        'Кто-то, вероятно Вы, попросил задать новый пароль. Это можно сделать по ссылке.',
      ],
      action: 'Задать новый пароль',
      after: [
        'Ссылка действует один час и срабатывает один раз.',
        'Если Вы ни о чём не просили, просто забудьте об этом письме: прежний пароль остаётся в силе.',
      ],
    }),
    password_changed: ({ fullName }) => ({
      subject: 'Пароль в «Беседке» изменён',
      lines: [`Здравствуйте, ${fullName}!`, 'Пароль Вашей учётной записи только что изменён.'],
      action: null,
      after: ['Если это сделали не Вы, сразу задайте новый пароль на странице входа и сообщите администратору.'],
    }),
    email_changed: ({ fullName, username }) => ({
      subject: 'Адрес почты в «Беседке» изменён',
      lines: [
        `Здравствуйте, ${fullName}!`,
        `Администратор изменил адрес почты учётной записи «${username}». Письма «Беседки» больше не приходят на этот адрес.`,
      ],
      action: null,
      after: ['Если Вы этого не ждали, сообщите администратору.'],
    }),
  },
  en: {
    activate: ({ fullName, username }) => ({
      subject: 'Your invitation to Besedka',
      lines: [
        `Hello ${fullName},`,
        `An account named “${username}” has been made for you. Open the link and choose a password to sign in.`,
      ],
      action: 'Join Besedka',
      after: ['The link is valid for 7 days and works once.'],
    }),
    reset: ({ fullName }) => ({
      subject: 'A new password for Besedka',
      lines: [`Hello ${fullName},`, 'Somebody, probably you, asked to set a new password. This link lets you do so.'],
      action: 'Set a new password',
      after: [
        'The link is valid for one hour and works once.',
        'If you did not ask for it, simply ignore this letter: your password stays as it is.',
      ],
    }),
    password_changed: ({ fullName }) => ({
      subject: 'Your Besedka password was changed',
      lines: [`Hello ${fullName},`, 'The password of your account has just been changed.'],
      action: null,
      after: ['If this was not you, set a new password on the sign-in page at once and tell your administrator.'],
    }),
    email_changed: ({ fullName, username }) => ({
      subject: 'Your Besedka e-mail address was changed',
      lines: [
        `Hello ${fullName},`,
        `An administrator has changed the e-mail address of the account “${username}”. Besedka no longer writes to this one.`,
      ],
      action: null,
      after: ['If you did not expect this, tell your administrator.'],
    }),
  },
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** The letter in the person's language, as plain text and as HTML that needs nothing from anywhere. */
export function renderLetter(kind: MailKind, locale: Locale, data: LetterData): Letter {
  const { subject, lines, action, after } = TEXTS[locale][kind](data);
  const { link } = data;
  const text = [...lines, ...(link === null ? [] : [link]), ...after, `-- \n${data.portal}`].join('\n\n');
  const paragraph = (content: string): string => `<p style="margin:0 0 16px">${content}</p>`;
  const button =
    link === null
      ? []
      : [paragraph(`<a href="${escapeHtml(link)}">${escapeHtml(action ?? link)}</a>`), paragraph(escapeHtml(link))];
  const body = [
    ...lines.map((line) => paragraph(escapeHtml(line))),
    ...button,
    ...after.map((line) => paragraph(escapeHtml(line))),
  ];
  const html = `<!doctype html><html lang="${locale}"><meta charset="utf-8"><title>${escapeHtml(subject)}</title><body style="font:16px/1.5 sans-serif;color:#1c2b22;max-width:560px">${body.join('')}</body></html>`;
  return { subject, text: `${text}\n`, html };
}
