// Radio buttons and checkboxes with their descriptions.

import type { Option } from "../types";
import type { Labelling } from "../ui/Combobox";
import { RichWords } from "./Drawn";

interface Props extends Labelling {
  options: Option[];
  chosen: Option[];
  many: boolean;
  onChange: (options: Option[]) => void;
}

export function Ticks({ id, label, describedBy, invalid, disabled, options, chosen, many, onChange }: Props) {
  const isChosen = (option: Option) => chosen.some((each) => each.value === option.value);
  const tick = (option: Option) => {
    if (!many) return onChange([option]);
    onChange(options.filter((each) => (each.value === option.value ? !isChosen(each) : isChosen(each))));
  };
  return (
    <div
      className="ticks" role={many ? "group" : "radiogroup"} aria-label={label} aria-describedby={describedBy}
      aria-labelledby={label ? undefined : `${id}-label`} aria-invalid={!many && invalid ? true : undefined}
    >
      {options.map((option, place) => (
        <label key={option.value} className="tick">
          <input
            id={place === 0 ? id : undefined} type={many ? "checkbox" : "radio"} name={id} disabled={disabled}
            checked={isChosen(option)} onChange={() => tick(option)}
          />
          <span>
            <RichWords words={option.text} />
            {option.description && <small><RichWords words={option.description} /></small>}
          </span>
        </label>
      ))}
    </div>
  );
}
