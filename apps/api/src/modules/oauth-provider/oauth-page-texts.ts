import type { Locale } from '../../common/context/request-context.js';

/** What can be wrong with a request before it is known where an answer may be sent. */
export const PAGE_CODES = [
  'unknown_client',
  'client_disabled',
  'redirect_uri_missing',
  'redirect_uri_mismatch',
  'logout_uri_mismatch',
  'duplicate_parameter',
  'malformed_request',
  'loop',
] as const;
export type PageCode = (typeof PAGE_CODES)[number];

export interface PageText {
  readonly title: string;
  /** For the person who came here. */
  readonly text: string;
  /** For whoever runs the application: causes, the likeliest first. */
  readonly causes: readonly string[];
}

export interface PageWords {
  readonly product: string;
  readonly causes: string;
  readonly goOn: string;
  readonly home: string;
  readonly code: string;
  readonly requestId: string;
}

export const PAGE_WORDS: Readonly<Record<Locale, PageWords>> = {
  ru: {
    product: 'Беседка',
    causes: 'Для тех, кто отвечает за приложение',
    goOn: 'Всё равно продолжить',
    home: 'На главную',
    code: 'Ошибка',
    requestId: 'Номер запроса',
  },
  en: {
    product: 'Besedka',
    causes: 'For those who run the application',
    goOn: 'Go on anyway',
    home: 'To the start page',
    code: 'Error',
    requestId: 'Request',
  },
};

export const PAGE_TEXTS: Readonly<Record<Locale, Readonly<Record<PageCode, PageText>>>> = {
  ru: {
    unknown_client: {
      title: 'Приложение не зарегистрировано',
      text: 'Приложение, из которого Вы пришли, здесь не известно, поэтому войти в него через Беседку нельзя.',
      causes: [
        'Параметр client_id не совпадает с тем, что показан в разделе «Администрирование → Приложения».',
        'Приложение удалено, или это другая установка Беседки.',
      ],
    },
    client_disabled: {
      title: 'Приложение отключено',
      text: 'Администратор отключил вход в это приложение через Беседку.',
      causes: ['Включить его можно в разделе «Администрирование → Приложения».'],
    },
    redirect_uri_missing: {
      title: 'Некуда возвращаться',
      text: 'Приложение не сообщило, куда вернуть Вас после входа. Попробуйте войти из него ещё раз.',
      causes: ['В запросе нет параметра redirect_uri.'],
    },
    redirect_uri_mismatch: {
      title: 'Неизвестный адрес возврата',
      text: 'Приложение просит вернуть Вас на адрес, который за ним не записан. Ради Вашей безопасности вход остановлен.',
      causes: [
        'redirect_uri должен совпадать с записанным адресом до последнего знака: схема, имя, порт, косая черта в конце.',
        'Адрес приложения изменился, а в разделе «Администрирование → Приложения» остался прежним.',
      ],
    },
    logout_uri_mismatch: {
      title: 'Неизвестный адрес после выхода',
      text: 'Приложение просит отправить Вас после выхода на адрес, который за ним не записан. Выход остановлен.',
      causes: [
        'post_logout_redirect_uri должен совпадать с одним из адресов возврата после выхода до последнего знака.',
        'Без id_token_hint или client_id не видно, какое приложение спрашивает.',
      ],
    },
    duplicate_parameter: {
      title: 'Запрос нельзя прочитать однозначно',
      text: 'Приложение прислало одно и то же указание дважды. Попробуйте ещё раз из самого приложения.',
      causes: ['Один из параметров запроса повторяется; каждый может стоять только один раз.'],
    },
    malformed_request: {
      title: 'Запрос не читается',
      text: 'Ссылка, по которой Вы пришли, повреждена или слишком длинна. Попробуйте ещё раз из самого приложения.',
      causes: [
        'Проверьте кодирование параметров (application/x-www-form-urlencoded) и длину запроса: не больше 8000 знаков.',
      ],
    },
    loop: {
      title: 'Вход ходит по кругу',
      text: 'Приложение несколько раз подряд отправило Вас сюда за входом, хотя вход каждый раз удавался. Чтобы браузер не крутился без конца, мы остановились.',
      causes: [
        'Приложение не сохраняет вход: браузер не принимает его куки, или оно открыто по другому адресу, чем записано в его настройках.',
        'Обмен кода на токен не удаётся: проверьте секрет приложения и то, что оно достигает этого сервера.',
        'Приложение не принимает данные человека, например ждёт другое поле с логином или почтой; подробности в его журнале.',
      ],
    },
  },
  en: {
    unknown_client: {
      title: 'The application is not registered',
      text: 'The application you came from is not known here, so you cannot sign in to it through Besedka.',
      causes: [
        'The client_id differs from the one shown under Administration → Applications.',
        'The application was deleted, or this is another installation of Besedka.',
      ],
    },
    client_disabled: {
      title: 'The application is switched off',
      text: 'An administrator has switched off signing in to this application through Besedka.',
      causes: ['It can be switched on under Administration → Applications.'],
    },
    redirect_uri_missing: {
      title: 'Nowhere to go back to',
      text: 'The application did not say where to send you after signing in. Try again from there.',
      causes: ['The parameter redirect_uri is missing.'],
    },
    redirect_uri_mismatch: {
      title: 'Unknown return address',
      text: 'The application asks to send you to an address that is not registered for it. To keep you safe, signing in has stopped here.',
      causes: [
        'redirect_uri must equal a registered one to the last character: scheme, host, port, slash at the end.',
        'The application has moved, and its address under Administration → Applications is the old one.',
      ],
    },
    logout_uri_mismatch: {
      title: 'Unknown address after signing out',
      text: 'The application asks to send you to an address that is not registered for it. Signing out has stopped here.',
      causes: [
        'post_logout_redirect_uri must equal one of the registered post-logout addresses to the last character.',
        'Without id_token_hint or client_id it is not known which application asks.',
      ],
    },
    duplicate_parameter: {
      title: 'The request can be read in two ways',
      text: 'The application said the same thing twice. Try again from the application itself.',
      causes: ['A parameter of the request is repeated; each may stand there once.'],
    },
    malformed_request: {
      title: 'The request cannot be read',
      text: 'The link that brought you here is damaged or too long. Try again from the application itself.',
      causes: [
        'Check how parameters are encoded (application/x-www-form-urlencoded) and the length: at most 8000 characters.',
      ],
    },
    loop: {
      title: 'Signing in goes in circles',
      text: 'The application sent you here to sign in several times in a row, although it worked each time. We stopped, so that your browser does not go round for ever.',
      causes: [
        'The application does not keep the sign-in: the browser refuses its cookies, or it is open under another address than the one in its settings.',
        'Exchanging the code for a token fails: check the application’s secret, and that it reaches this server.',
        'The application does not accept what it learns about the person, for example it expects the user name or e-mail in another field; its log tells more.',
      ],
    },
  },
};
