// A row of elements: buttons as the renderer draws them, everything that holds a value as our own control.

import { useId } from "react";
import { plain } from "../format/safeText";
import { texts } from "../texts";
import type { Block, Element } from "../types";
import { Icon } from "../ui/Icon";
import { Menu } from "../ui/Menu";
import { Control } from "./Control";
import { Pressable } from "./Pressable";
import type { LiveBlocks } from "./useLiveBlocks";
import { holds } from "./values";

interface Props {
  block: Block;
  live: LiveBlocks;
  label?: string;
}

export function ActionRow({ block, live, label }: Props) {
  const elements = block.elements ?? [];
  if (elements.every((element) => element.type === "button")) return <Pressable block={block} live={live} />;
  return (
    <div className="action-row">
      {elements.map((element) => (
        <OneElement key={element.action_id} block={block} element={element} live={live} label={label} />
      ))}
    </div>
  );
}

function OneElement({ block, element, live, label }: Props & { element: Element }) {
  const id = useId();
  if (element.type === "overflow") return <Overflow block={block} element={element} live={live} />;
  if (!holds(element)) return <Pressable block={{ ...block, type: "actions", elements: [element] }} live={live} />;
  return (
    <Control
      id={id} element={element} held={live.values[block.block_id]?.[element.action_id]} optional
      label={element.accessibility_label ?? label ?? (plain(element.placeholder) || texts.choose)} ask={live.ask(block)}
      onChange={(held) => live.set(block, element, held)} onDispatch={(held) => live.press({ block, element, held })}
    />
  );
}

function Overflow({ block, element, live }: { block: Block; element: Element; live: LiveBlocks }) {
  const options = element.options ?? [];
  const items = options.map((each) => ({ value: each.value, label: plain(each.text), detail: plain(each.description) }));
  const choose = (value: string) => {
    const selected_option = options.find((each) => each.value === value) ?? null;
    live.press({ block, element, held: { type: element.type, selected_option } });
  };
  return (
    <Menu items={items} label={texts.moreActions} className="button square" onChoose={choose}>
      <Icon name="dots" />
    </Menu>
  );
}
