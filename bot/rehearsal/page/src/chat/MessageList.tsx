// The messages of a conversation with their days, kept at the newest unless the reader has scrolled up.

import { Fragment, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { ReactNode } from "react";
import { day, dayLabel } from "../format/times";
import { useReader } from "../live/reader";
import { texts } from "../texts";
import type { ChatMessage } from "../types";
import { Icon } from "../ui/Icon";
import { MessageItem } from "./MessageItem";

const TOGETHER = 5 * 60_000;
const NEAR = 80;

interface Props {
  name: string;
  channel: string;
  messages: ChatMessage[];
  firstUnread: string | null;
  beginning: ReactNode;
}

function follows(message: ChatMessage, before: ChatMessage | undefined, zone: string): boolean {
  if (!before || before.from.id !== message.from.id || before.ephemeral || message.ephemeral || message.from.bot) return false;
  const [at, earlier] = [new Date(message.at), new Date(before.at)];
  return at.getTime() - earlier.getTime() < TOGETHER && day(at, zone) === day(earlier, zone);
}

export function MessageList({ name, channel, messages, firstUnread, beginning }: Props) {
  const { zone, now } = useReader();
  const { scroller, content, below, toNewest } = useStick(messages.at(-1)?.ts);
  return (
    <div className="messages-frame">
      <div ref={scroller} className="messages" role="log" aria-live="polite" aria-label={texts.messagesIn(name)} tabIndex={0}>
        <div ref={content} className="messages-content">
          {beginning}
          {messages.map((message, place) => {
            const before = messages[place - 1];
            const at = new Date(message.at);
            const newDay = !before || day(new Date(before.at), zone) !== day(at, zone);
            const first = message.ts === firstUnread;
            return (
              <Fragment key={message.ts}>
                {newDay && <div className="day"><span>{dayLabel(at, now(), zone)}</span></div>}
                {first && <div className="new-line"><span>{texts.newMessages}</span></div>}
                <MessageItem message={message} channel={channel} follows={!newDay && !first && follows(message, before, zone)} />
              </Fragment>
            );
          })}
        </div>
      </div>
      {below && (
        <button type="button" className="jump" onClick={toNewest}>
          <Icon name="down" size={15} /> {texts.jump}
        </button>
      )}
    </div>
  );
}

/** Keeps the end in sight while the content grows; `below` says that something newer is out of sight. */
function useStick(newest: string | undefined) {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const stuck = useRef(true);
  const [below, setBelow] = useState(false);

  const toNewest = () => {
    stuck.current = true;
    setBelow(false);
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  };

  useLayoutEffect(() => {
    const [box, inside] = [scroller.current, content.current];
    if (!box || !inside) return;
    const onScroll = () => {
      stuck.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
      if (stuck.current) setBelow(false);
    };
    const grown = new ResizeObserver(() => {
      if (stuck.current) box.scrollTop = box.scrollHeight;
    });
    box.addEventListener("scroll", onScroll, { passive: true });
    grown.observe(inside);
    grown.observe(box);
    box.scrollTop = box.scrollHeight;
    return () => {
      box.removeEventListener("scroll", onScroll);
      grown.disconnect();
    };
  }, []);

  useEffect(() => {
    if (!stuck.current) setBelow(true);
  }, [newest]);

  return { scroller, content, below, toNewest };
}
