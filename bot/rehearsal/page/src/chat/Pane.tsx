// The middle of the page: the open conversation, or the app with its two tabs.

import { useEffect, useRef } from "react";
import { markRead, paths } from "../api";
import { useReader } from "../live/reader";
import { useFetched } from "../live/useFetched";
import { texts } from "../texts";
import type { ChatMessage, Command, Conversation } from "../types";
import { BotAvatar } from "../ui/Avatar";
import { Icon } from "../ui/Icon";
import { Empty, Failed, Loading } from "../ui/States";
import { MessageList } from "./MessageList";
import { Writing } from "./Writing";

interface Props {
  conversation: Conversation;
  bot: string;
  commands: Command[];
  barred: string | null;
  draft: string;
  onDraft: (text: string) => void;
  onSent: () => void;
  onRead: () => void;
  bell: Bell;
}

/** Lets the page ask the open conversation to look again. */
export type Bell = { current: (channel?: string) => void };

export function MessagesPane(props: Props) {
  const { conversation, bell, barred } = props;
  const { uid } = useReader();
  const { data, error, reload } = useFetched<{ messages: ChatMessage[] }>(paths.conversation(uid, conversation.id));
  const messages = data?.messages;
  const firstUnread = useFirstUnread(messages, conversation.unread, uid);
  useReading(uid, conversation, messages, props.onRead);

  useEffect(() => {
    bell.current = (channel) => {
      if (!channel || channel === conversation.id) reload();
    };
    return () => {
      bell.current = () => {};
    };
  }, [bell, conversation.id, reload]);

  return (
    <>
      {!messages && (error ? <Failed error={error} retry={reload} /> : <Loading label={texts.loadingMessages} />)}
      {messages && (
        <MessageList
          name={conversation.name} channel={conversation.id} messages={messages} firstUnread={firstUnread}
          beginning={<Beginning conversation={conversation} />}
        />
      )}
      <Writing
        conversation={conversation} barred={barred} bot={props.bot} commands={props.commands}
        draft={props.draft} onDraft={props.onDraft}
        onSent={() => {
          reload();
          props.onSent();
        }}
      />
    </>
  );
}

function Beginning({ conversation }: { conversation: Conversation }) {
  if (conversation.kind === "app") {
    return (
      <Empty title={texts.emptyApp(conversation.name)} picture={<BotAvatar size={52} />}>
        <p>{texts.emptyAppMore}</p>
      </Empty>
    );
  }
  return (
    <Empty title={texts.emptyChannel(`#${conversation.name}`)} picture={<span className="big-hash"><Icon name="hash" size={28} /></span>} />
  );
}

/** Where “New” goes: before the messages that were unread when the conversation was opened. */
function useFirstUnread(messages: ChatMessage[] | undefined, unread: number, uid: string): string | null {
  const found = useRef<string | null | undefined>(undefined);
  if (found.current === undefined && messages) {
    const others = messages.filter((each) => each.from.id !== uid);
    found.current = unread > 0 ? (others.at(-unread)?.ts ?? null) : null;
  }
  return found.current ?? null;
}

function useReading(uid: string, conversation: Conversation, messages: ChatMessage[] | undefined, onRead: () => void): void {
  const { id, unread } = conversation;
  useEffect(() => {
    if (!messages || unread === 0) return;
    const read = () => {
      if (document.visibilityState === "visible") void markRead(uid, id).then(onRead);
    };
    read();
    document.addEventListener("visibilitychange", read);
    return () => document.removeEventListener("visibilitychange", read);
  }, [uid, id, unread, messages, onRead]);
}
