// What the controls of a view hold: where it begins, how it survives an update, whether it is complete.

import { texts } from "../texts";
import type { Block, Element, Held, Option, Values } from "../types";

const TEXT = new Set(["plain_text_input", "email_text_input", "url_text_input", "number_input"]);
const ONE = new Set(["static_select", "external_select", "radio_buttons"]);
const MANY = new Set(["multi_static_select", "multi_external_select", "checkboxes"]);

export const isText = (element: Element) => TEXT.has(element.type);
export const isMany = (element: Element) => MANY.has(element.type);
export const holds = (element: Element) =>
  isText(element) || ONE.has(element.type) || isMany(element) || element.type === "datepicker" || element.type === "timepicker";

export function elementsOf(block: Block): Element[] {
  if (block.type === "input") return block.element ? [block.element] : [];
  if (block.type === "section") return block.accessory ? [block.accessory] : [];
  return block.type === "actions" ? (block.elements ?? []) : [];
}

function initial(element: Element): Held {
  const { type } = element;
  if (isText(element)) return { type, value: element.initial_value ?? null };
  if (ONE.has(type)) return { type, selected_option: element.initial_option ?? null };
  if (isMany(element)) return { type, selected_options: element.initial_options ?? [] };
  if (type === "timepicker") return { type, selected_time: element.initial_time ?? null };
  return { type, selected_date: element.initial_date ?? null };
}

/** The errors at fields whose value hasn't changed since. */
export function standing(errors: Record<string, string>, then: Values, now: Values): Record<string, string> {
  const same = ([block]: [string, string]) => JSON.stringify(then[block]) === JSON.stringify(now[block]);
  return Object.fromEntries(Object.entries(errors).filter(same));
}

/** Same block_id, action_id and type: what was typed here, else what the workspace remembers, else the initial value. */
export function reconciled(blocks: Block[], here: Values, remembered: Values = {}): Values {
  const values: Values = {};
  for (const block of blocks) {
    for (const element of elementsOf(block).filter(holds)) {
      const kept = [here, remembered]
        .map((each) => each[block.block_id]?.[element.action_id])
        .find((held) => held?.type === element.type);
      (values[block.block_id] ??= {})[element.action_id] = kept ?? initial(element);
    }
  }
  return values;
}

export function withHeld(values: Values, block: Block, action: string, held: Held): Values {
  return { ...values, [block.block_id]: { ...values[block.block_id], [action]: held } };
}

export const chosen = (held: Held | undefined): Option[] =>
  held?.selected_options ?? (held?.selected_option ? [held.selected_option] : []);

export function asHeld(element: Element, options: Option[]): Held {
  const { type } = element;
  return isMany(element) ? { type, selected_options: options } : { type, selected_option: options[0] ?? null };
}

const content = (held: Held | undefined) => held?.value || held?.selected_date || held?.selected_time || chosen(held).length;

function complaint(block: Block, element: Element, held: Held | undefined): string | null {
  if (!content(held)) {
    if (block.optional) return null;
    return isText(element) ? texts.required : texts.requiredChoice;
  }
  const length = (held?.value ?? "").length;
  const { min_length: least = 0, max_length: most = 3000 } = element;
  if (isText(element) && length < least) return texts.tooShort(least);
  return length > most ? texts.tooLong(most, length - most) : null;
}

/** What Slack itself says before it asks the app, by block_id. */
export function complaints(blocks: Block[], values: Values): Record<string, string> {
  const found: Record<string, string> = {};
  for (const block of blocks) {
    const { element } = block;
    if (block.type !== "input" || !element || !holds(element)) continue;
    const sentence = complaint(block, element, values[block.block_id]?.[element.action_id]);
    if (sentence) found[block.block_id] = sentence;
  }
  return found;
}
