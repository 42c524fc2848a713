// One input of a form: label, control, hint, what is wrong with it.

import { useId } from "react";
import { plain } from "../format/safeText";
import { texts } from "../texts";
import type { Block, Held } from "../types";
import { Icon } from "../ui/Icon";
import { Control } from "./Control";
import { RichWords } from "./Drawn";
import type { LiveBlocks } from "./useLiveBlocks";
import { isText } from "./values";

const NEAR = 40;

interface Props {
  block: Block;
  live: LiveBlocks;
  error?: string;
  disabled?: boolean;
}

export function Field({ block, live, error, disabled }: Props) {
  const id = useId();
  const { element } = block;
  if (!element) return null;
  const held = live.values[block.block_id]?.[element.action_id];
  const ticks = element.type === "radio_buttons" || element.type === "checkboxes";
  const notes = [block.hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  const Label = ticks ? "div" : "label";
  const set = (next: Held) => live.set(block, element, next);

  return (
    <div className="field" data-invalid={error ? "" : undefined} data-field={block.block_id}>
      <Label id={`${id}-label`} className="field-label" htmlFor={ticks ? undefined : id}>
        {plain(block.label)} {block.optional && <span className="field-optional">{texts.optional}</span>}
      </Label>
      <Control
        id={id} element={element} held={held} optional={block.optional ?? false} ask={live.ask(block)} disabled={disabled}
        describedBy={notes || undefined} invalid={Boolean(error)} onChange={set}
        onDispatch={block.dispatch_action ? (next) => live.press({ block, element, held: next }) : undefined}
      />
      {isText(element) && <Left most={element.max_length} used={(held?.value ?? "").length} />}
      {error && (
        <p id={`${id}-error`} className="field-error">
          <Icon name="warning" size={15} /> {error}
        </p>
      )}
      {block.hint && <div id={`${id}-hint`} className="field-hint"><RichWords words={block.hint} /></div>}
    </div>
  );
}

function Left({ most, used }: { most?: number; used: number }) {
  if (!most || most - used > Math.min(NEAR, most / 4)) return null;
  return (
    <span className="field-left" data-over={used > most || undefined}>
      {texts.left(most - used)}
    </span>
  );
}
