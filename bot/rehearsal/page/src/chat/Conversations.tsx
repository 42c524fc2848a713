// The channels, direct messages and the app of the person one is.

import { Fragment } from "react";
import { texts } from "../texts";
import type { Conversation, ConversationKind } from "../types";
import { BotAvatar } from "../ui/Avatar";
import { Icon } from "../ui/Icon";
import { Failed, Spinner } from "../ui/States";
import type { Fetched } from "../live/useFetched";
import { Badge } from "./People";

interface Props {
  company: string;
  list: Fetched<{ conversations: Conversation[] }>;
  current: string | null;
  onChoose: (id: string) => void;
}

const SECTIONS: [ConversationKind, string][] = [
  ["channel", texts.channels],
  ["dm", texts.directMessages],
  ["app", texts.apps],
];

export function Conversations({ company, list, current, onChoose }: Props) {
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
    </nav>
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
