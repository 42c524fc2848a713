// The commands that fit what was typed after the slash, with what they do.

import { useEffect, useRef } from "react";
import { texts } from "../texts";
import type { Command } from "../types";
import { BotAvatar } from "../ui/Avatar";

/** Commands whose name contains what was typed; none once arguments begin. */
export function fitting(commands: Command[], draft: string): Command[] {
  const typed = /^\/(\S*)$/.exec(draft)?.[1]?.toLowerCase();
  if (typed === undefined) return [];
  const starts = commands.filter((each) => each.command.slice(1).startsWith(typed));
  const holds = commands.filter((each) => !starts.includes(each) && each.command.includes(typed));
  return [...starts, ...holds];
}

interface Props {
  id: string;
  bot: string;
  commands: Command[];
  at: number;
  onPoint: (at: number) => void;
  onChoose: (command: Command) => void;
}

export function CommandList({ id, bot, commands, at, onPoint, onChoose }: Props) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    void list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [at]);
  return (
    <div className="commands" onPointerDown={(event) => event.preventDefault()}>
      <div className="commands-head">
        <span>{texts.commandsOf(bot)}</span>
        <span className="commands-keys">{texts.commandKeys}</span>
      </div>
      <div ref={list} id={id} role="listbox" aria-label={texts.commandsOf(bot)} className="commands-list">
        {commands.map((each, place) => (
          <div
            key={each.command} id={`${id}-${place}`} role="option" aria-selected={place === at} className="command"
            onPointerMove={() => onPoint(place)} onClick={() => onChoose(each)}
          >
            <BotAvatar size={32} />
            <span className="command-words">
              <span><b>{each.command}</b> <span className="command-usage">{each.usage_hint}</span></span>
              <small>{each.description}</small>
            </span>
          </div>
        ))}
      </div>
      <span className="sr-only" role="status">{texts.commandCount(commands.length)}</span>
    </div>
  );
}
