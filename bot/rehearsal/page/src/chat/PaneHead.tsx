// Above the conversation: its name, who you are, and the app's two tabs.

import { useRef } from "react";
import type { KeyboardEvent } from "react";
import type { Route } from "../live/useRoute";
import { texts } from "../texts";
import type { Conversation, Person } from "../types";
import { Avatar, BotAvatar } from "../ui/Avatar";
import { Icon } from "../ui/Icon";

interface Props {
  conversation: Conversation;
  person: Person;
  tab: Route["tab"];
  onTab: (tab: Route["tab"]) => void;
  onBack: () => void;
  onWho: () => void;
}

export function PaneHead({ conversation, person, tab, onTab, onBack, onWho }: Props) {
  const { kind, name, member } = conversation;
  const [first, ...rest] = person.name.split(" ");
  return (
    <header className="pane-head">
      <div className="pane-title">
        <button type="button" className="icon-button back" aria-label={texts.back} onClick={onBack}>
          <Icon name="back" size={22} />
        </button>
        {kind === "app" ? <BotAvatar size={26} /> : <Icon name={member ? "hash" : "lock"} size={20} />}
        <h1>{name}</h1>
        <button type="button" className="you" onClick={onWho}>
          <Avatar initials={person.initials} colour={person.colour} size={22} />
          <span data-testid="you">{texts.youAre} {first}{rest.length > 0 && <span className="you-rest"> {rest.join(" ")}</span>}</span>
        </button>
      </div>
      {kind === "app" && <Tabs tab={tab} onTab={onTab} />}
    </header>
  );
}

const TABS: [Route["tab"], string][] = [["home", texts.home], ["messages", texts.messages]];

function Tabs({ tab, onTab }: { tab: Route["tab"]; onTab: (tab: Route["tab"]) => void }) {
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    const other = tab === "home" ? "messages" : "home";
    onTab(other);
    list.current?.querySelector<HTMLElement>(`#tab-${other}`)?.focus();
  };
  return (
    <div ref={list} className="tabs" role="tablist" onKeyDown={onKeyDown}>
      {TABS.map(([name, label]) => (
        <button key={name} id={`tab-${name}`} type="button" role="tab" aria-selected={tab === name} tabIndex={tab === name ? 0 : -1} onClick={() => onTab(name)}>
          {label}
        </button>
      ))}
    </div>
  );
}
