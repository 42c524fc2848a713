// One message: who, when, what, and the buttons on it.

import { memo, useMemo, useRef } from "react";
import { Blocks } from "../blocks/Blocks";
import { RichWords } from "../blocks/Drawn";
import { useLiveBlocks } from "../blocks/useLiveBlocks";
import * as times from "../format/times";
import { useReader } from "../live/reader";
import { useKeptFocus } from "../live/useKeptFocus";
import { texts } from "../texts";
import type { ChatMessage } from "../types";
import { Avatar, BotAvatar } from "../ui/Avatar";
import { Icon } from "../ui/Icon";

interface Props {
  message: ChatMessage;
  channel: string;
  follows: boolean;
}

export const MessageItem = memo(function MessageItem({ message, channel, follows }: Props) {
  const { zone } = useReader();
  const card = useRef<HTMLElement>(null);
  const left = useKeptFocus(card);
  const at = new Date(message.at);
  const { from } = message;
  const stamp = <time dateTime={message.at} title={times.full(at, zone)}>{times.time(at, zone)}</time>;
  return (
    <article
      ref={card} tabIndex={-1} onBlur={left} className="message" data-testid={`msg-${message.ts}`} data-follows={follows || undefined}
      data-ephemeral={message.ephemeral || undefined} aria-label={`${from.name}, ${times.time(at, zone)}`}
    >
      {message.ephemeral && (
        <p className="only-you"><Icon name="eye" size={14} /> {texts.onlyYou}</p>
      )}
      <div className="message-side">{follows ? stamp : from.bot ? <BotAvatar /> : <Avatar {...from} />}</div>
      <div className="message-main">
        {!follows && (
          <header className="message-head">
            <span className="author">{from.name}</span>
            {from.bot && <span className="app-mark">{texts.app}</span>}
            {stamp}
          </header>
        )}
        <Content message={message} channel={channel} />
        {message.edited && <span className="edited">{texts.edited}</span>}
      </div>
    </article>
  );
}, sameMessage);

// The list is fetched again at each change, but an unchanged message isn't drawn again.
function sameMessage(before: Props, after: Props): boolean {
  return before.follows === after.follows && before.channel === after.channel &&
    (before.message === after.message || JSON.stringify(before.message) === JSON.stringify(after.message));
}

function Content({ message, channel }: { message: ChatMessage; channel: string }) {
  const place = useMemo(() => ({ type: "message" as const, channel, ts: message.ts }), [channel, message.ts]);
  const blocks = message.blocks ?? NONE;
  const live = useLiveBlocks(place, blocks);
  if (blocks.length) return <Blocks blocks={blocks} live={live} />;
  return <RichWords words={{ type: "mrkdwn", text: message.text }} />;
}

const NONE: never[] = [];
