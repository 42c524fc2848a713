// What the controls of one message or view hold and do: values, presses, their pending and failed states.

import { useMemo, useRef, useState } from "react";
import { options, press as pressed } from "../api";
import { plain } from "../format/safeText";
import { useReader } from "../live/reader";
import type { Block, Container, Element, Held, OptionGroup, Values } from "../types";
import { safeLink } from "./Drawn";
import { reconciled, withHeld } from "./values";

export interface Pressed {
  block: Block;
  element: Element;
  held?: Held;
}

export interface LiveBlocks {
  values: Values;
  pending: ReadonlySet<string>;
  trouble: { block: string; sentence: string } | null;
  confirming: Pressed | null;
  set: (block: Block, element: Element, held: Held) => void;
  /** Asks for confirmation first if the element requires it. */
  press: (what: Pressed) => void;
  settle: (yes: boolean) => void;
  ask: (block: Block) => (action: string, query: string, signal: AbortSignal) => Promise<OptionGroup[]>;
}

export const keyOf = (block: Block, element: Element) => `${block.block_id}\n${element.action_id}`;

/** `onLeft` is called once a button has opened its own page and its dialog isn't needed any more. */
export function useLiveBlocks(container: Container, blocks: Block[], remembered?: Values, onLeft?: () => void): LiveBlocks {
  const reader = useReader();
  const place = container.type === "view" ? container.view_id : container.ts;
  const [typed, setTyped] = useState<Record<string, Values>>({});
  const [pending, setPending] = useState<ReadonlySet<string>>(new Set());
  const [trouble, setTrouble] = useState<LiveBlocks["trouble"]>(null);
  const [confirming, setConfirming] = useState<Pressed | null>(null);
  const values = useMemo(() => reconciled(blocks, typed[place] ?? {}, remembered), [blocks, typed, place, remembered]);
  const latest = useRef(values);
  latest.current = values;

  const set = (block: Block, element: Element, held: Held) => {
    latest.current = withHeld(latest.current, block, element.action_id, held);
    const mine = latest.current;
    setTyped((all) => ({ ...all, [place]: mine }));
  };

  const send = async ({ block, element, held }: Pressed) => {
    const key = keyOf(block, element);
    const link = element.url ? safeLink(element.url) : null;
    if (link) window.open(link, "_blank", "noopener,noreferrer");
    setTrouble(null);
    setPending((all) => new Set(all).add(key));
    const { type: _, ...content } = held ?? { type: "button", value: element.value };
    const ids = { container, block_id: block.block_id, action_id: element.action_id };
    const outcome = await pressed(reader.uid, { ...ids, ...content, state: { values: latest.current } });
    setPending((all) => new Set([...all].filter((each) => each !== key)));
    if (outcome.error) setTrouble({ block: block.block_id, sentence: outcome.error });
    reader.acted(outcome.ok ? plain(element.text) : undefined);
    if (link) onLeft?.();
  };

  const press = (what: Pressed) => {
    if (pending.has(keyOf(what.block, what.element))) return;
    if (what.element.confirm) setConfirming(what);
    else void send(what);
  };
  const settle = (yes: boolean) => {
    if (yes && confirming) void send(confirming);
    setConfirming(null);
  };
  const ask: LiveBlocks["ask"] = (block) => (action_id, query, signal) =>
    options(reader.uid, { container, block, action_id }, query, signal);

  return { values, pending, trouble, confirming, set, press, settle, ask };
}
