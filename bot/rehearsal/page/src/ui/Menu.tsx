// A button that opens a short list to choose from: arrows move, Enter chooses, Esc closes.

import { useId, useRef, useState } from "react";
import type { KeyboardEvent, ReactNode } from "react";
import { Floating } from "./Floating";
import { Icon } from "./Icon";

export interface MenuItem {
  value: string;
  label: string;
  detail?: string;
}

interface Props {
  items: MenuItem[];
  chosen?: string;
  label: string;
  className?: string;
  children: ReactNode;
  onChoose: (value: string) => void;
}

export function Menu({ items, chosen, label, className = "button", children, onChoose }: Props) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);

  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  const choose = (value: string) => {
    close();
    onChoose(value);
  };
  const move = (event: KeyboardEvent) => {
    const all = [...(list.current?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === "Escape" || event.key === "Tab") close();
    if (to !== undefined) all[(to + all.length) % all.length]?.focus();
    if (to !== undefined || event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  const role = chosen === undefined ? "menuitem" : "menuitemradio";
  const focusFirst = (box: HTMLElement) =>
    (box.querySelector<HTMLElement>("[aria-checked=true]") ?? box.querySelector<HTMLElement>("[role^=menuitem]"))?.focus();

  return (
    <>
      <button
        ref={button} type="button" className={className} aria-haspopup="menu" aria-expanded={open}
        aria-controls={open ? id : undefined} aria-label={label} onClick={() => setOpen(!open)}
      >
        {children}
      </button>
      {open && (
        <Floating anchor={button} onOutside={() => setOpen(false)} onShown={focusFirst}>
          <div ref={list} id={id} role="menu" aria-label={label} className="menu" onKeyDown={move}>
            {items.map((item) => (
              <button
                key={item.value} type="button" role={role} tabIndex={-1} className="menu-item"
                aria-checked={chosen === undefined ? undefined : item.value === chosen}
                onClick={() => choose(item.value)}
              >
                <span className="menu-check">{item.value === chosen && <Icon name="check" size={16} />}</span>
                <span>
                  {item.label}
                  {item.detail && <small>{item.detail}</small>}
                </span>
              </button>
            ))}
          </div>
        </Floating>
      )}
    </>
  );
}
