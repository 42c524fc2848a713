// One block as slack-blocks-to-jsx draws it, with our own dates, mentions and links put in.

import { memo } from "react";
import { Message, type MessageProps } from "slack-blocks-to-jsx";
import { dateText } from "../format/dateTokens";
import { neutral, restore } from "../format/safeText";
import { full } from "../format/times";
import { useReader } from "../live/reader";
import type { Block, Words } from "../types";

type Hooks = NonNullable<MessageProps["hooks"]>;

function Moment({ timestamp, format, fallback }: { timestamp: string; format: string; fallback: string }) {
  const { zone, now } = useReader();
  const at = new Date(Number(timestamp) * 1000);
  const shown = dateText(restore(format), restore(fallback), at, now(), zone);
  return Number.isNaN(at.getTime()) ? shown : <time dateTime={at.toISOString()} title={full(at, zone)}>{shown}</time>;
}

function Mention({ id }: { id: string }) {
  const { nameOf, uid } = useReader();
  return <span className="mention" data-self={id === uid || undefined}>@{nameOf(id)}</span>;
}

const SAFE = /^(https?|mailto):/i;
export const safeLink = (href: string) => (SAFE.test(href) ? href : null);

// The renderer keeps the hooks of its first drawing, so they must not change: read what changes from context.
const HOOKS: Hooks = {
  date: (at) => <Moment timestamp={String(at.timestamp)} format={at.format} fallback={at.fallback} />,
  user: ({ id }) => <Mention id={id} />,
  emoji: (emoji, draw) => {
    const drawn = draw(emoji);
    return drawn === emoji.name ? `:${emoji.name}:` : drawn;
  },
  link: ({ href, children }) => {
    const safe = safeLink(restore(href));
    return safe ? <a href={safe} target="_blank" rel="noopener noreferrer">{children}</a> : <span>{children}</span>;
  },
};

const isWords = (value: object): value is Words =>
  "type" in value && (value.type === "plain_text" || value.type === "mrkdwn") && "text" in value && typeof value.text === "string";

/** A copy for the renderer: text made safe; confirmation and address of a button stay with us. */
function prepared(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(prepared);
  if (typeof value !== "object" || value === null) return value;
  if (isWords(value)) return neutral(value);
  const button = "type" in value && value.type === "button";
  const kept = Object.entries(value).filter(([name]) => !(button && (name === "url" || name === "confirm")));
  return Object.fromEntries(kept.map(([name, part]) => [name, prepared(part)]));
}

export const Drawn = memo(function Drawn({ block }: { block: Block }) {
  const { dark } = useReader();
  const blocks = [prepared(block)] as MessageProps["blocks"];
  return <Message withoutWrapper blocks={blocks} name="" logo="" theme={dark ? "dark" : "light"} hooks={HOOKS} />;
});

export function RichWords({ words }: { words: Words }) {
  return <Drawn block={{ type: "section", block_id: "", text: words }} />;
}
