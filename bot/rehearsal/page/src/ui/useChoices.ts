// The options that fit what was typed: from a list at hand, or asked for with a pause and never out of order.

import { useEffect, useState } from "react";
import { plain } from "../format/safeText";
import type { Option, OptionGroup } from "../types";

const PAUSE = 220;

export type Ask = (query: string, signal: AbortSignal) => Promise<OptionGroup[]>;
export type Source = { groups: OptionGroup[] } | { ask: Ask; least: number };

export interface Choices {
  groups: OptionGroup[];
  status: "ready" | "short" | "waiting" | "failed";
  retry: () => void;
}

const fits = (option: Option, query: string) =>
  `${plain(option.text)} ${plain(option.description)}`.toLowerCase().includes(query.trim().toLowerCase());

const filtered = (groups: OptionGroup[], query: string) =>
  groups
    .map((group) => ({ ...group, options: group.options.filter((option) => fits(option, query)) }))
    .filter((group) => group.options.length);

export function useChoices(source: Source, query: string, open: boolean): Choices {
  const [answer, setAnswer] = useState<{ query: string; groups: OptionGroup[] } | null>(null);
  const [failed, setFailed] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const short = "ask" in source && query.trim().length < source.least;
  const ask = "ask" in source ? source.ask : null;

  useEffect(() => {
    if (!open || !ask || short) return;
    const abort = new AbortController();
    setFailed(false);
    const timer = window.setTimeout(async () => {
      try {
        setAnswer({ query, groups: await ask(query, abort.signal) });
      } catch {
        if (!abort.signal.aborted) setFailed(true);
      }
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [ask, query, open, short, attempt]);

  const retry = () => setAttempt((count) => count + 1);
  if ("groups" in source) return { groups: filtered(source.groups, query), status: "ready", retry };
  if (short) return { groups: [], status: "short", retry };
  if (failed) return { groups: [], status: "failed", retry };
  const fresh = answer?.query === query;
  return { groups: answer?.groups.filter((group) => group.options.length) ?? [], status: fresh ? "ready" : "waiting", retry };
}
