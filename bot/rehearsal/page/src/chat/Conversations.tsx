// The person's channels, direct messages and app, and the mailbox below them.

import { Fragment } from "react";
import { texts } from "../texts";
import type { Conversation, ConversationKind, Mailbox } from "../types";
import { BotAvatar } from "../ui/Avatar";
import { Icon } from "../ui/Icon";
import { Failed, Spinner } from "../ui/States";
import type { Fetched } from "../live/useFetched";
import { Badge } from "./People";

interface Props {
  company: string;
  list: Fetched<{ conversations: Conversation[] }>;
  current: string | null;
  mailbox: Mailbox | undefined;
  onChoose: (id: string) => void;
}

const SECTIONS: [ConversationKind, string][] = [
  ["channel", texts.channels],
  ["dm", texts.directMessages],
  ["app", texts.apps],
];

export function Conversations({ company, list, current, mailbox, onChoose }: Props) {
  const all = list.data?.conversations;
  return (
    <nav className="sidebar" aria-label={texts.conversations}>
      <h1 className="company">{company}</h1>
      {!all && !list.error && <Spinner label={texts.loading} />}
      {!all && list.error && <Failed error={list.error} retry={list.reload} />}
      {all && SECTIONS.map(([kind, title]) => {
        const mine = all.filter((each) => each.kind === kind);
        if (!mine.length) return <Fragment key={kind} />;
        return (
          <section key={kind} aria-labelledby={`kind-${kind}`}>
            <h2 id={`kind-${kind}`}>{title}</h2>
            <ul>
              {mine.map((each) => (
                <li key={each.id}>
                  <Item conversation={each} current={each.id === current} onChoose={onChoose} />
                </li>
              ))}
            </ul>
          </section>
        );
      })}
      {all && mailbox && <Outside mailbox={mailbox} />}
    </nav>
  );
}

/** Always the same separate window, so that the passcode stays visible in the chat while the letter is read. */
function Outside({ mailbox: { url, unread } }: { mailbox: Mailbox }) {
  return (
    <section aria-labelledby="kind-outside">
      <h2 id="kind-outside">{texts.outside}</h2>
      <a className="conversation" data-testid="mailbox" data-unread={unread > 0 || undefined} href={url} target="customers-mailbox" title={texts.opensTab}>
        <Icon name="mail" size={17} />
        <span className="conversation-name">{texts.mailbox}</span>
        <span className="sr-only"> ({texts.opensTab})</span>
        {unread > 0 ? <Badge count={unread} /> : <Icon name="external" size={15} />}
      </a>
    </section>
  );
}

function Item({ conversation, current, onChoose }: { conversation: Conversation; current: boolean; onChoose: (id: string) => void }) {
  const { id, kind, name, unread, member } = conversation;
  return (
    <button
      type="button" className="conversation" data-testid={`conv-${id}`} data-unread={unread > 0 || undefined}
      aria-current={current ? "page" : undefined} onClick={() => onChoose(id)}
    >
      {kind === "app" ? <BotAvatar size={20} /> : <Icon name={!member ? "lock" : kind === "channel" ? "hash" : "dots"} size={17} />}
      <span className="conversation-name">{name}</span>
      {unread > 0 && kind === "channel" && <span className="sr-only">{texts.unread(unread)}</span>}
      {unread > 0 && kind !== "channel" && <Badge count={unread} />}
    </button>
  );
}
