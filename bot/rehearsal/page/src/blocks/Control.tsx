// One Block Kit element that holds something, drawn as a control that keyboard and screen reader can use.

import { useCallback, useMemo, useRef } from "react";
import type { KeyboardEvent } from "react";
import { plain } from "../format/safeText";
import { texts } from "../texts";
import type { Element, Held, Option, OptionGroup } from "../types";
import { Combobox, type Labelling } from "../ui/Combobox";
import type { Ask, Source } from "../ui/useChoices";
import { Ticks } from "./Ticks";
import { asHeld, chosen, isMany, isText } from "./values";

const SLACKS_LEAST_QUERY = 3;
const TYPING = 400;

export interface ControlProps extends Labelling {
  element: Element;
  held: Held | undefined;
  optional: boolean;
  ask: (action_id: string, query: string, signal: AbortSignal) => Promise<OptionGroup[]>;
  onChange: (held: Held) => void;
  /** The element reports each change to the app at once. */
  onDispatch?: (held: Held) => void;
}

export function Control(props: ControlProps) {
  const { element } = props;
  if (isText(element)) return <TextControl {...props} />;
  if (element.type === "radio_buttons" || element.type === "checkboxes") return <TickControl {...props} />;
  if (element.type === "datepicker" || element.type === "timepicker") return <DateControl {...props} />;
  return <PickControl {...props} />;
}

const KINDS: Record<string, string> = { email_text_input: "email", url_text_input: "url", number_input: "number" };

function TextControl({ element, held, id, label, describedBy, invalid, disabled, onChange, onDispatch }: ControlProps) {
  const timer = useRef(0);
  const when = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const value = held?.value ?? "";
  const tell = (text: string) => onDispatch?.({ type: element.type, value: text });
  const change = (text: string) => {
    onChange({ type: element.type, value: text === "" ? null : text });
    if (!onDispatch || !when.includes("on_character_entered")) return;
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => tell(text), TYPING);
  };
  const onEnter = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || element.multiline || !onDispatch || !when.includes("on_enter_pressed")) return;
    event.preventDefault();
    tell(value);
  };
  const shared = {
    id, value, disabled, className: "field-box text-input", placeholder: plain(element.placeholder),
    "aria-label": label, "aria-describedby": describedBy, "aria-invalid": invalid || undefined,
  };
  if (element.multiline) return <textarea {...shared} rows={4} onChange={(event) => change(event.target.value)} />;
  return (
    <input {...shared} type={KINDS[element.type] ?? "text"} autoComplete="off" onKeyDown={onEnter}
      onChange={(event) => change(event.target.value)} />
  );
}

function useSource(element: Element, ask: ControlProps["ask"]): Source {
  const latest = useRef(ask);
  latest.current = ask;
  const { action_id, min_query_length: least = SLACKS_LEAST_QUERY } = element;
  const askMine: Ask = useCallback((query, signal) => latest.current(action_id, query, signal), [action_id]);
  return useMemo(() => {
    if (element.type.includes("external")) return { ask: askMine, least };
    const ungrouped = [{ label: { type: "plain_text" as const, text: "" }, options: element.options ?? [] }];
    return { groups: element.option_groups ?? ungrouped };
  }, [element, askMine, least]);
}

function PickControl({ element, held, optional, ask, onChange, onDispatch, ...labelling }: ControlProps) {
  const source = useSource(element, ask);
  const change = (options: Option[]) => {
    onChange(asHeld(element, options));
    onDispatch?.(asHeld(element, options));
  };
  const placeholder = plain(element.placeholder) || ("ask" in source ? texts.typeToSearch : texts.choose);
  return (
    <Combobox
      {...labelling} source={source} chosen={chosen(held)} many={isMany(element)} most={element.max_selected_items}
      placeholder={placeholder} clearable={optional} onChange={change}
    />
  );
}

function TickControl({ element, held, onChange, onDispatch, ...labelling }: ControlProps) {
  const change = (options: Option[]) => {
    onChange(asHeld(element, options));
    onDispatch?.(asHeld(element, options));
  };
  return <Ticks {...labelling} options={element.options ?? []} many={isMany(element)} chosen={chosen(held)} onChange={change} />;
}

function DateControl({ element, held, id, label, describedBy, invalid, disabled, onChange, onDispatch }: ControlProps) {
  const isDate = element.type === "datepicker";
  const change = (text: string) => {
    const next: Held = { type: element.type, [isDate ? "selected_date" : "selected_time"]: text || null };
    onChange(next);
    onDispatch?.(next);
  };
  return (
    <input
      id={id} type={isDate ? "date" : "time"} className="field-box text-input date-input" disabled={disabled} aria-label={label}
      aria-describedby={describedBy} aria-invalid={invalid || undefined}
      value={(isDate ? held?.selected_date : held?.selected_time) ?? ""} onChange={(event) => change(event.target.value)}
    />
  );
}
