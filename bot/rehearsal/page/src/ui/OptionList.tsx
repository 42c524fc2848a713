// The list that drops from a combobox, with its waiting, empty and failed states.

import { useEffect, useRef } from "react";
import { plain } from "../format/safeText";
import { texts } from "../texts";
import type { Option } from "../types";
import { Icon } from "./Icon";
import { Spinner } from "./States";
import type { Choices } from "./useChoices";

interface Props {
  id: string;
  label: string;
  choices: Choices;
  query: string;
  least: number;
  at: number;
  many: boolean;
  full: boolean;
  most?: number;
  isChosen: (option: Option) => boolean;
  onChoose: (option: Option) => void;
}

export function OptionList(props: Props) {
  const { id, choices, at, full } = props;
  const list = useRef<HTMLDivElement>(null);
  const count = choices.groups.reduce((sum, group) => sum + group.options.length, 0);
  useEffect(() => {
    void list.current?.querySelector("[data-active]")?.scrollIntoView({ block: "nearest" });
  }, [at]);

  let index = -1;
  return (
    // Keeps the focus in the input while an option is clicked.
    <div className="options" onPointerDown={(event) => event.preventDefault()}>
      <div ref={list} id={id} role="listbox" aria-label={props.label} aria-multiselectable={props.many || undefined}>
        {choices.groups.map((group, place) => (
          <div key={place} role={plain(group.label) ? "group" : undefined} aria-label={plain(group.label) || undefined}>
            {plain(group.label) && <div className="options-group">{plain(group.label)}</div>}
            {group.options.map((option) => {
              const mine = ++index;
              const chosen = props.isChosen(option);
              return (
                <div
                  key={option.value} id={`${id}-${mine}`} role="option" className="option" aria-selected={chosen}
                  aria-disabled={(full && !chosen) || undefined} data-active={mine === at || undefined}
                  onClick={() => props.onChoose(option)}
                >
                  <span className="option-check">{chosen && <Icon name="check" size={16} />}</span>
                  <span className="option-words">
                    <span>{plain(option.text)}</span>
                    {option.description && <small>{plain(option.description)}</small>}
                  </span>
                </div>
              );
            })}
          </div>
        ))}
      </div>
      <Note {...props} count={count} />
    </div>
  );
}

function Note({ choices, query, least, full, most, count }: Props & { count: number }) {
  if (choices.status === "failed") {
    return (
      <div className="options-note" role="alert">
        {texts.optionsFailed}{" "}
        <button type="button" className="link-button" onClick={choices.retry}>{texts.tryAgain}</button>
      </div>
    );
  }
  if (choices.status === "waiting") return <div className="options-note"><Spinner label={texts.searching} /></div>;
  if (choices.status === "short") return <div className="options-note" role="status">{texts.typeMore(least)}</div>;
  if (!count) return <div className="options-note" role="status">{texts.noMatches(query)}</div>;
  if (full && most) return <div className="options-note" role="status">{texts.mostChosen(most)}</div>;
  return <div className="sr-only" role="status">{texts.results(count)}</div>;
}
