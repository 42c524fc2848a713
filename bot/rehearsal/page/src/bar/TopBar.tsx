// Across the top: the company's clock and the workspace's mood; folded away on a phone.

import { useState } from "react";
import type { ReactNode } from "react";
import { texts } from "../texts";
import { Icon } from "../ui/Icon";

interface Props {
  company: string;
  time: string;
  alarm: boolean;
  children: ReactNode;
  onHelp: () => void;
}

export function TopBar({ company, time, alarm, children, onHelp }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <header className="top-bar" data-open={open || undefined}>
      <div className="top-line">
        <span className="top-company">{company}</span>
        <button type="button" className="top-toggle" aria-expanded={open} aria-controls="top-tools" data-alarm={alarm || undefined} onClick={() => setOpen(!open)}>
          <Icon name="clock" size={16} /> {time}
          <span className="sr-only">{texts.clockAndMood}</span>
          <Icon name="chevron" size={14} />
        </button>
        <button type="button" className="icon-button help" aria-label={texts.hintShow} title={texts.hintShow} onClick={onHelp}>
          <Icon name="help" size={19} />
        </button>
      </div>
      <div id="top-tools" className="top-tools">{children}</div>
    </header>
  );
}
