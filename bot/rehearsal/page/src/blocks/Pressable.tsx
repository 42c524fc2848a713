// A block whose buttons the renderer draws: clicks are caught here, and a pressed button shows that it is busy.

import { useLayoutEffect, useRef } from "react";
import type { MouseEvent } from "react";
import { texts } from "../texts";
import type { Block } from "../types";
import { Drawn } from "./Drawn";
import { keyOf, type LiveBlocks } from "./useLiveBlocks";
import { elementsOf } from "./values";

export function Pressable({ block, live }: { block: Block; live: LiveBlocks }) {
  const box = useRef<HTMLDivElement>(null);
  const elements = elementsOf(block).filter((element) => element.type === "button");

  // The renderer takes no such props, so its buttons are marked after it has drawn.
  useLayoutEffect(() => {
    for (const button of box.current?.querySelectorAll<HTMLButtonElement>("button[data-id]") ?? []) {
      const element = elements.find((each) => each.action_id === button.dataset["id"]);
      const busy = element !== undefined && live.pending.has(keyOf(block, element));
      button.toggleAttribute("data-busy", busy);
      button.setAttribute("aria-busy", String(busy));
      button.toggleAttribute("data-link", Boolean(element?.url));
      button.title = element?.url ? texts.opensTab : "";
    }
  });

  const onClick = (event: MouseEvent) => {
    const button = (event.target as HTMLElement).closest<HTMLButtonElement>("button[data-id]");
    const element = button && elements.find((each) => each.action_id === button.dataset["id"]);
    if (element) live.press({ block, element });
  };

  return (
    <div ref={box} onClick={elements.length ? onClick : undefined}>
      {/* Other buttons are other elements: the focus must not slip from a button that is gone to the next one. */}
      <Drawn key={elements.map(({ action_id }) => action_id).join()} block={block} />
    </div>
  );
}
