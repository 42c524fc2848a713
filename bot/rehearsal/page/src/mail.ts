// The customers' mailbox works without this script; with it, a new letter appears in the list by itself.

import { texts } from "./texts";

const EVERY = 2000;
const LIST = ".letters > :is(ol, .empty)";

async function look(): Promise<void> {
  const { known, where } = document.body.dataset;
  if (document.visibilityState !== "visible" || !where) return;
  const state = await fetch(`${where}/state`);
  const { letters, unread } = (await state.json()) as { letters: number; unread: number };
  if (known === `${letters} ${unread}`) return;
  const page = await (await fetch(location.href)).text();
  show(new DOMParser().parseFromString(page, "text/html"), letters - parseInt(known ?? "0"));
}

/** The keyboard stays where it is, and so does the letter that is being read. */
function show(fresh: Document, more: number): void {
  const held = document.activeElement?.closest(LIST) ? document.activeElement.getAttribute("href") : null;
  for (const part of [LIST, ".nothing"]) {
    const other = fresh.querySelector(part);
    if (other) document.querySelector(part)?.replaceWith(other);
  }
  if (held) document.querySelector<HTMLElement>(`${LIST} [href="${CSS.escape(held)}"]`)?.focus();
  document.title = fresh.title;
  Object.assign(document.body.dataset, fresh.body.dataset);
  const news = document.querySelector(".news");
  if (news && more > 0) news.textContent = texts.lettersCame(more);
}

setInterval(() => void look().catch(() => undefined), EVERY);
