// What can be told without a browser: literal text stays literal, dates, what a form keeps, which commands fit.

import assert from "node:assert/strict";
import { test } from "node:test";
import { renderToStaticMarkup } from "react-dom/server";
import { Happened } from "../src/bar/Happened";
import { Drawn } from "../src/blocks/Drawn";
import { complaints, reconciled, standing } from "../src/blocks/values";
import { fitting } from "../src/chat/CommandList";
import { Conversations } from "../src/chat/Conversations";
import { Writing } from "../src/chat/Writing";
import { dateText } from "../src/format/dateTokens";
import { nextWorkingDay } from "../src/format/times";
import { ReaderContext } from "../src/live/reader";
import type { Block, Words } from "../src/types";

const NOW = new Date("2026-11-24T04:00:00Z");
const reader = { uid: "U1", zone: "Australia/Sydney", now: () => NOW, dark: false, nameOf: (id: string) => `Name of ${id}`, acted: () => {} };

const markup = (block: Block) => renderToStaticMarkup(<ReaderContext value={reader}><Drawn block={block} /></ReaderContext>);
const section = (text: Words) => markup({ type: "section", block_id: "b", text });
const mrkdwn = (text: string) => section({ type: "mrkdwn", text });
const plainText = (text: string) => section({ type: "plain_text", text, emoji: false });
const shown = (html: string) =>
  html.replace(/<[^>]*>/g, "").replace(/&#x27;/g, "'").replace(/&quot;/g, '"').replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
const escaped = (text: string) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

function* hostile(): Generator<string> {
  yield* ["<!channel> <@U1> <#C1|x>", "*b* _i_ ~s~ `c`", "# head", "- item", "1. one", "> quote", "| a | b |", "[x](http://y)",
    "![x](http://y/z.png)", "a\n---\nb", "===\nx", "\\*x\\*", "```x```", "<script>alert(1)</script>", "https://x.y/?a=1&b=2", "10:30:45", "<javascript:alert(1)|x>"];
  const signs = "ab1 \n<>&*_~`:!@#|[]()\\-=+.\"'";
  let seed = 7;
  const next = (most: number) => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % most;
  for (let round = 0; round < 600; round++) {
    yield "x" + Array.from({ length: 1 + next(24) }, () => signs[next(signs.length)]).join("") + "x";
  }
}

test("plain text is shown as it was typed, whatever is in it", () => {
  for (const text of hostile()) {
    const html = plainText(text);
    assert.equal(shown(html), text, JSON.stringify(text));
    assert.doesNotMatch(html, /<(a|strong|em|s|code|img|script) |<(strong|em|s)>|mention|slack_broadcast/, text);
  }
});

test("escaped text in mrkdwn loses no letter and wakes nobody", () => {
  for (const typed of hostile()) {
    const text = typed.replace(/:(?=[a-z])/g, ";"); // :a: is an emoji in Slack too
    const html = mrkdwn(escaped(text));
    const letters = (words: string) => words.replace(/[^a-z0-9<>&[\]\\|]/gi, "");
    assert.equal(letters(shown(html)), letters(text), JSON.stringify(text));
    assert.doesNotMatch(html, /mention|slack_broadcast|slack_channel|<img|<script|href="javascript:/, text);
  }
});

test("markup of mrkdwn comes to life", () => {
  assert.match(mrkdwn("*bold* and _slanted_"), /<strong>.*bold.*<\/strong>.*<em>.*slanted/s);
  assert.match(mrkdwn("<@U1> <https://x.y/?a=1&amp;b=2|site>"), /data-self.*@Name of U1.*href="https:\/\/x\.y\/\?a=1&amp;b=2"/s);
  assert.match(mrkdwn(":tada: at 10:30:45"), /🎉.*10.*:30:.*45/s);
});

test("dates stand in the reader's zone and against the company's clock", () => {
  const at = new Date("2026-11-24T15:05:00Z");
  const told = (tokens: string) => dateText(tokens, "fallback", at, NOW, "Australia/Sydney");
  assert.equal(told("{date_short_pretty} at {time}"), "Tomorrow at 02:05");
  assert.equal(told("{date_long}"), "Wednesday 25 November 2026");
  assert.equal(told("{ago}"), "In 11 hours");
  assert.equal(dateText("{date_short}", "", new Date("2026-09-27T00:00:00Z"), NOW, "UTC"), "27 Sep 2026");
  assert.equal(told("{no_such_token}"), "fallback");
  assert.match(mrkdwn(`<!date^${at.getTime() / 1000}^{date_num} {time}|then>`), /2026-11-25 02:05/);
});

test("the next working day leaps over the weekend", () => {
  assert.equal(nextWorkingDay(new Date("2026-11-27T04:00:00Z"), "Australia/Sydney").toISOString(), "2026-11-30T04:00:00.000Z");
});

test("nothing is written where nothing is read, and it says where to go instead", () => {
  const commands = [{ command: "/ask", description: "", usage_hint: "" }];
  const writing = (kind: "app" | "channel", read_only: boolean) => renderToStaticMarkup(
    <ReaderContext value={reader}>
      <Writing
        conversation={{ id: "D1", kind, name: "Steward", unread: 0, member: true, read_only }} barred={null}
        bot="Steward" commands={commands} draft="" onDraft={() => {}} onSent={() => {}}
      />
    </ReaderContext>,
  );
  assert.match(writing("app", true), /Open Home, or type \/ask in a channel/);
  assert.doesNotMatch(writing("app", true), /<textarea/);
  assert.match(writing("app", false), /<textarea/);
  assert.match(writing("channel", false), /<textarea/);
});

const input = (block_id: string, element: Record<string, unknown>, more: Partial<Block> = {}): Block =>
  ({ type: "input", block_id, element: { action_id: "a", ...element }, ...more }) as Block;

test("a value survives an update where block, action and type stay", () => {
  const blocks = [input("same", { type: "plain_text_input", initial_value: "first" }), input("new", { type: "plain_text_input", initial_value: "first" })];
  const values = reconciled(blocks, { same: { a: { type: "plain_text_input", value: "typed" } }, gone: { a: { type: "x" } } });
  assert.deepEqual(values, { same: { a: { type: "plain_text_input", value: "typed" } }, new: { a: { type: "plain_text_input", value: "first" } } });
  const other = reconciled([input("same", { type: "datepicker" })], values);
  assert.deepEqual(other, { same: { a: { type: "datepicker", selected_date: null } } });
});

test("an empty field complains unless it is optional, a long one says by how much", () => {
  const blocks = [input("need", { type: "plain_text_input" }), input("may", { type: "static_select" }, { optional: true }), input("long", { type: "plain_text_input", max_length: 3 })];
  const values = reconciled(blocks, { long: { a: { type: "plain_text_input", value: "12345" } } });
  assert.deepEqual(complaints(blocks, values), { need: "Please fill this in.", long: "The limit is 3 characters: you’re 2 over." });
});

test("commands fit by their beginning first, and no more once arguments begin", () => {
  const commands = ["/recording-request", "/recording-breach", "/ask"].map((command) => ({ command, description: "", usage_hint: "" }));
  assert.deepEqual(fitting(commands, "/rec").map((each) => each.command), ["/recording-request", "/recording-breach"]);
  assert.deepEqual(fitting(commands, "/breach").map((each) => each.command), ["/recording-breach"]);
  assert.deepEqual(fitting(commands, "/recording-request now"), []);
  assert.equal(fitting(commands, "/").length, 3);
});

test("after a move one sentence says how much happened, and it opens only what there is", () => {
  const thing = { at: "2026-11-26T22:00:00Z", words: "Tara Lindqvist was reminded", note: "" };
  const said = (happened: number, more: number) => renderToStaticMarkup(
    <Happened
      beside={{ current: null }}
      moved={{ now: "2026-11-27T06:00:00Z", next: null, next_label: null, happened: Array(happened).fill(thing), happened_more: more, zone: "Australia/Sydney" }}
    />,
  );
  assert.match(said(1, 0), /role="status"><button[^>]*aria-expanded="false"[^>]*>1 thing happened/);
  assert.match(said(100, 23), />123 things happened/);
  assert.match(said(0, 0), />Nothing happened/);
  assert.doesNotMatch(said(0, 0), /<button/);
});

test("the customers' mailbox opens in a window of its own, and says how many letters nobody has opened", () => {
  const list = { data: { conversations: [] }, error: null, reload: () => {} };
  const side = (mailbox?: { url: string; unread: number }) =>
    renderToStaticMarkup(<Conversations company="Fernhill" list={list} current={null} mailbox={mailbox} onChoose={() => {}} />);
  assert.match(side({ url: "/rehearsal/mail", unread: 0 }), /href="\/rehearsal\/mail" target="customers-mailbox"/);
  assert.doesNotMatch(side({ url: "/rehearsal/mail", unread: 0 }), /badge/);
  assert.match(side({ url: "/rehearsal/mail", unread: 2 }), /class="badge">2<span class="sr-only"> unread</);
  assert.doesNotMatch(side(), /mailbox/);
});

test("a complaint goes once its field holds something else", () => {
  const empty = { why: { a: { type: "plain_text_input", value: "" } }, what: { a: { type: "plain_text_input", value: "" } } };
  const mended = { ...empty, why: { a: { type: "plain_text_input", value: "A refund" } } };
  assert.deepEqual(standing({ why: "Please.", what: "Please." }, empty, mended), { what: "Please." });
});
