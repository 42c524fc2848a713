// Choose one or several by typing (ARIA combobox): arrows move, Enter chooses, Backspace takes the last chip away.

import { useId, useRef, useState } from "react";
import type { KeyboardEvent } from "react";
import { plain } from "../format/safeText";
import { texts } from "../texts";
import type { Option } from "../types";
import { Floating } from "./Floating";
import { Icon } from "./Icon";
import { OptionList } from "./OptionList";
import { useChoices, type Source } from "./useChoices";

export interface Labelling {
  id: string;
  label?: string;
  describedBy?: string;
  invalid?: boolean;
  disabled?: boolean;
}

interface Props extends Labelling {
  source: Source;
  chosen: Option[];
  many: boolean;
  most?: number;
  placeholder: string;
  clearable: boolean;
  onChange: (options: Option[]) => void;
}

export function Combobox(props: Props) {
  const { id, source, chosen, many, most, onChange } = props;
  const [open, setOpen] = useState(false);
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(-1);
  const listId = useId();
  const box = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const choices = useChoices(source, query, open);
  const options = choices.groups.flatMap((group) => group.options);
  const full = many && most !== undefined && chosen.length >= most;
  const isChosen = (option: Option) => chosen.some((each) => each.value === option.value);
  const few = "groups" in source && options.length <= 12;

  /** By keyboard an option is marked at once; a list that a pointer opens marks only the chosen one. */
  const show = (first = -1) => {
    if (props.disabled || open) return;
    setOpen(true);
    setAt(Math.max(first, many ? -1 : options.findIndex(isChosen)));
  };
  const hide = () => {
    setOpen(false);
    setQuery("");
    setAt(-1);
  };
  const choose = (option: Option) => {
    hide(); // an open list would lie on the next fields
    if (!many) onChange([option]);
    else if (isChosen(option)) onChange(chosen.filter((each) => each.value !== option.value));
    else if (!full) onChange([...chosen, option]);
  };
  const drop = (option: Option) => {
    onChange(chosen.filter((each) => each.value !== option.value));
    input.current?.focus();
  };
  const step = (by: number) => {
    if (!open) return show(0);
    if (options.length) setAt((at + by + options.length) % options.length);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const { key } = event;
    const last = chosen.at(-1);
    if (key === "ArrowDown") step(1);
    else if (key === "ArrowUp") step(at < 0 ? 0 : -1);
    else if (key === "Enter" && open && options[at]) choose(options[at]);
    else if (key === "Enter" && !open) show(0);
    else if (key === "Escape" && open) hide();
    else if (key === "Backspace" && many && !query && last) return drop(last);
    else {
      if (key === "Tab") hide();
      if (key !== "Enter") return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  const single = !many && chosen[0] ? plain(chosen[0].text) : "";
  const active = open && options[at] ? `${listId}-${at}` : undefined;
  return (
    <>
      <div
        ref={box} className="combo field-box" data-invalid={props.invalid || undefined}
        onPointerDown={(event) => {
          if (event.target === input.current || (event.target as HTMLElement).closest("button")) return;
          event.preventDefault();
          input.current?.focus();
          show();
        }}
      >
        {many && chosen.map((option) => (
          <span key={option.value} className="chip">
            <span>{plain(option.text)}</span>
            <button type="button" aria-label={texts.remove(plain(option.text))} onClick={() => drop(option)}>
              <Icon name="close" size={12} />
            </button>
          </span>
        ))}
        <input
          ref={input} id={id} role="combobox" autoComplete="off" spellCheck={false} disabled={props.disabled}
          inputMode={few ? "none" : undefined}
          aria-label={props.label} aria-expanded={open} aria-controls={open ? listId : undefined} aria-autocomplete="list"
          aria-activedescendant={active} aria-describedby={props.describedBy} aria-invalid={props.invalid || undefined}
          value={open ? query : single} placeholder={chosen.length ? single : props.placeholder}
          onClick={() => show()} onKeyDown={onKeyDown} onBlur={hide}
          onChange={(event) => {
            setOpen(true);
            setQuery(event.target.value);
            setAt(0);
          }}
        />
        {!many && chosen.length > 0 && props.clearable && (
          <button type="button" className="combo-clear" aria-label={texts.clear} onClick={() => onChange([])}>
            <Icon name="close" size={14} />
          </button>
        )}
        <span className="combo-arrow"><Icon name="chevron" size={16} /></span>
      </div>
      {open && (
        <Floating anchor={box} wide>
          <OptionList
            id={listId} label={props.label ?? texts.choose} choices={choices} query={query} least={"least" in source ? source.least : 0}
            at={at} many={many} isChosen={isChosen} full={full} most={most} onChoose={choose}
          />
        </Floating>
      )}
    </>
  );
}
