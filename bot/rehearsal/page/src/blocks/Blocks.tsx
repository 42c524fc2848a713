// The blocks of one message or view, from top to bottom, with their controls alive.

import { plain } from "../format/safeText";
import { texts } from "../texts";
import type { Block } from "../types";
import { Trouble } from "../ui/States";
import { ActionRow } from "./ActionRow";
import { ConfirmBox } from "./ConfirmBox";
import { Field } from "./Field";
import { Pressable } from "./Pressable";
import type { LiveBlocks } from "./useLiveBlocks";

interface Props {
  blocks: Block[];
  live: LiveBlocks;
  errors?: Record<string, string>;
  disabled?: boolean;
}

export function Blocks({ blocks, live, errors = {}, disabled }: Props) {
  return (
    <div className="blocks">
      {blocks.map((block) => (
        <div key={block.block_id} className="block" data-block={block.type}>
          <OneBlock block={block} live={live} error={errors[block.block_id]} disabled={disabled} />
          {live.trouble?.block === block.block_id && <Trouble>{live.trouble.sentence}</Trouble>}
        </div>
      ))}
      {live.confirming?.element.confirm && <ConfirmBox dialog={live.confirming.element.confirm} settle={live.settle} />}
    </div>
  );
}

function OneBlock({ block, live, error, disabled }: { block: Block; live: LiveBlocks; error?: string; disabled?: boolean }) {
  if (block.type === "input" && block.element) return <Field block={block} live={live} error={error} disabled={disabled} />;
  if (block.type === "actions") return <ActionRow block={block} live={live} />;
  const { accessory, ...rest } = block;
  if (!accessory || accessory.type === "button") return <Pressable block={block} live={live} />;
  return (
    <div className="beside">
      <Pressable block={rest} live={live} />
      <ActionRow block={{ ...block, elements: [accessory] }} live={live} label={plain(block.text) || texts.choose} />
    </div>
  );
}
