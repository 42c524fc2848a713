// Keeps literal text literal: the renderer would read markup into escaped entities and into plain_text, Slack never does.

import type { Words } from "../types";

const SHIFT = 0xe000;
const hide = (characters: string) =>
  characters.replace(/[\t\n -/:-@[-`{-~]/g, (sign) => String.fromCharCode(SHIFT + sign.charCodeAt(0)));

/** Puts the hidden signs back; runs on everything the renderer is about to draw. */
export const restore = (text: string): string =>
  text.replace(/[\ue009\ue00a\ue020-\ue07e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - SHIFT));

const ENTITIES: Record<string, string> = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };

/** What a person reads where no markup is drawn: an option, a button's name, a title. */
export const plain = (words: Words | undefined | null): string =>
  (words?.text ?? "").replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity] ?? entity);

const EMOJI = /(:[a-z0-9_+-]+:)/;

function plainText(words: Words): string {
  const text = plain(words);
  if (words.emoji === false) return hide(text);
  return text.split(EMOJI).map((part, index) => (index % 2 ? part : hide(part))).join("");
}

// Markdown that Slack's mrkdwn doesn't know: headings, rules, bullets, indented code, paragraphs, links in brackets, escapes.
const LINE_START = /^(?:[ \t]+|[ \t]*(?:[#=+-]|:{2,}))/gm;
const BLANK_LINE = /\n(?=[ \t]*\n)/g;
const FOREIGN = /[[\]\\]/g;
const INSIDE_WORD = /(?<=[\p{L}\p{N}])[*~_](?=[\p{L}\p{N}])/gu;
const DOUBLED = /([*_~])\1+/g;
const TOKEN = /(<[^>\n]+>)/;

function mrkdwn(words: Words): string {
  return words.text.split(TOKEN).map((part, index) => (index % 2 ? token(part) : prose(part))).join("");
}

const entities = (text: string) => text.replace(/&(?:lt|gt|amp);/g, (entity) => hide(ENTITIES[entity] ?? entity));
const words = (text: string) => entities(text).replace(FOREIGN, hide);

// The address of a link must stay an address: a hidden sign in it would be percent-encoded.
function token(text: string): string {
  const [target = "", ...label] = text.split("|");
  const address = plain({ type: "mrkdwn", text: target.slice(1) }).replace(/[<>[\]\\]/g, encodeURIComponent);
  return label.length ? `<${address}|${words(label.join("|"))}` : `<${address.replace(/%3E$/, "")}>`;
}

const prose = (text: string) =>
  entities(text)
    .replace(LINE_START, hide)
    .replace(BLANK_LINE, hide)
    .replace(FOREIGN, hide)
    .replace(DOUBLED, hide)
    .replace(INSIDE_WORD, hide);

/** The same words with every sign hidden that must not be read as markup. */
export function neutral<T extends Words>(words: T): T {
  return { ...words, text: words.type === "plain_text" ? plainText(words) : mrkdwn(words) };
}
