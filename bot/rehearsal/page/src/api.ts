// The page's only way out: JSON over the same origin, with a time limit and errors that are sentences.

import { texts } from "./texts";
import type { Block, Container, Held, Moved, OptionGroup, Option, Outcome, Values } from "./types";

const SECONDS = 20;
/** A workspace in a bad mood may answer slowly at every step. */
const SECONDS_ON_THE_WAY = 90;

/** Identifies this browser: a dialog shows only in the one that opened it, even if the same person uses another. */
const browser = seat();

function seat(): string {
  const fresh = crypto.randomUUID?.() ?? Math.random().toString(36).slice(2);
  try {
    const known = sessionStorage.getItem("browser") ?? fresh;
    sessionStorage.setItem("browser", known);
    return known;
  } catch {
    return fresh;
  }
}

async function ask<T>(path: string, init: RequestInit = {}, seconds = SECONDS): Promise<T> {
  const limit = AbortSignal.timeout(seconds * 1000);
  const signal = init.signal ? AbortSignal.any([init.signal, limit]) : limit;
  let reply: Response;
  try {
    reply = await fetch(path, { ...init, signal, headers: { ...init.headers, "X-Browser": browser } });
  } catch (reason) {
    if (init.signal?.aborted) throw reason;
    throw new Error(limit.aborted ? texts.tookTooLong : texts.unreachable);
  }
  const body: unknown = await reply.json().catch(() => null);
  if (!reply.ok) throw new Error(sentenceIn(body) ?? texts.refusedWith(reply.status));
  return body as T;
}

function sentenceIn(body: unknown): string | null {
  if (typeof body !== "object" || body === null) return null;
  const { error } = body as { error?: unknown };
  return typeof error === "string" ? error : null;
}

export function get<T>(path: string): Promise<T> {
  return ask<T>(path);
}

function post<T>(path: string, body: unknown, signal?: AbortSignal, seconds?: number): Promise<T> {
  const headers = { "Content-Type": "application/json" };
  return ask<T>(path, { method: "POST", headers, body: JSON.stringify(body), signal }, seconds);
}

/** Never rejects: an outage comes back as an outcome with a sentence. */
async function act(path: string, body: unknown): Promise<Outcome> {
  try {
    return await post<Outcome>(path, body);
  } catch (reason) {
    return { ok: false, error: reason instanceof Error ? reason.message : texts.unreachable };
  }
}

const API = "/rehearsal/api";
const person = (uid: string, rest = "") => `${API}/people/${encodeURIComponent(uid)}${rest}`;

export const paths = {
  state: `${API}/state`,
  clock: "/rehearsal/clock",
  person: (uid: string) => person(uid),
  conversation: (uid: string, cid: string) => person(uid, `/conversations/${encodeURIComponent(cid)}`),
  views: (uid: string) => person(uid, "/views"),
  events: (uid: string) => `${API}/events?person=${encodeURIComponent(uid)}`,
};

export interface Press extends Partial<Held> {
  container: Container;
  block_id: string;
  action_id: string;
  state?: { values: Values };
}

export const say = (uid: string, channel: string, text: string) => act(person(uid, "/say"), { channel, text });
export const press = (uid: string, body: Press) => act(person(uid, "/press"), body);
export const submit = (uid: string, view_id: string, values: Values) =>
  act(person(uid, "/submit"), { view_id, values });
/** Closes the topmost modal, or with `everything` the whole stack. */
export const close = (uid: string, view_id: string, everything: boolean) =>
  act(person(uid, "/close"), { view_id, everything });
export const markRead = (uid: string, channel: string) => act(person(uid, "/read"), { channel });
export const openHome = (uid: string) => act(person(uid, "/home"), {});
export const setMood = (mode: string) => act(`${API}/faults`, { mode });
export const setClock = (now: string) => post<Moved>(paths.clock, { now }, undefined, SECONDS_ON_THE_WAY);

/** Options for a typed query, always as groups (one without a label when there are none). Rejects on failure. */
export async function options(
  uid: string,
  where: { container: Container; block: Block; action_id: string },
  value: string,
  signal: AbortSignal,
): Promise<OptionGroup[]> {
  const body = { container: where.container, block_id: where.block.block_id, action_id: where.action_id, value };
  const answer = await post<{ options?: Option[]; option_groups?: OptionGroup[]; error?: string }>(
    person(uid, "/options"), body, signal,
  );
  if (answer.error) throw new Error(answer.error);
  return answer.option_groups ?? [{ label: { type: "plain_text", text: "" }, options: answer.options ?? [] }];
}
