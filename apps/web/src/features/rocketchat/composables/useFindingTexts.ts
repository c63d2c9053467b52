import type { RocketChatFinding } from '@besedka/contracts/rocketchat';
import { useI18n } from 'vue-i18n';

/** The words for a cause: what is the matter, what to do about it, and what exactly was seen. */
export function useFindingTexts() {
  const { t, te } = useI18n();

  /** A WebSocket that is refused has another remedy than a server that is not there at all. */
  const keyOf = ({ cause, facts }: RocketChatFinding): string =>
    cause === 'browser_cannot_reach' && facts['by'] === 'websocket'
      ? 'rocketchat.cause.browser_cannot_reach_socket'
      : `rocketchat.cause.${cause}`;

  return {
    title: (finding: RocketChatFinding): string => t(`${keyOf(finding)}.title`),
    text: (finding: RocketChatFinding): string => t(`${keyOf(finding)}.text`),
    /** What was seen, one fact each; facts without words of their own are for machines. */
    facts: ({ facts }: RocketChatFinding): { name: string; value: string }[] =>
      Object.entries(facts)
        .filter(([name, value]) => value !== '' && te(`rocketchat.fact.${name}`))
        .map(([name, value]) => ({ name: t(`rocketchat.fact.${name}`), value })),
  };
}
