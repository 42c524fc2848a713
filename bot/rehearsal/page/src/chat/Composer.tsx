// The message field: Enter sends, a slash opens the commands.

import { useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import type { KeyboardEvent, RefObject } from "react";
import { say } from "../api";
import { useReader } from "../live/reader";
import { texts } from "../texts";
import type { Command } from "../types";
import { Icon } from "../ui/Icon";
import { Spinner, Trouble } from "../ui/States";
import { CommandList, fitting } from "./CommandList";

interface Props {
  channel: string;
  name: string;
  bot: string;
  commands: Command[];
  draft: string;
  onDraft: (text: string) => void;
  onSent: () => void;
}

export function Composer({ channel, name, bot, commands, draft, onDraft, onSent }: Props) {
  const { uid, acted } = useReader();
  const [sending, setSending] = useState(false);
  const [trouble, setTrouble] = useState("");
  const [at, setAt] = useState(0);
  const [dismissed, setDismissed] = useState(false);
  const input = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const found = dismissed || sending ? [] : fitting(commands, draft);
  const open = found.length > 0;
  useGrowth(input, draft);
  useEffect(() => {
    // Whoever has just chosen the conversation from the list beside it wants to write.
    if (document.activeElement?.closest(".conversation")?.checkVisibility()) input.current?.focus();
  }, []);

  const write = (text: string) => {
    setDismissed(false);
    setAt(0);
    onDraft(text);
  };
  const complete = (command: Command) => {
    write(`${command.command} `);
    input.current?.focus();
  };
  const send = async () => {
    const text = draft.trim();
    if (!text || sending) return;
    setSending(true);
    setDismissed(true);
    setTrouble("");
    const outcome = await say(uid, channel, text);
    setSending(false);
    if (outcome.ok) onDraft("");
    else setTrouble(outcome.error ?? texts.unreachable);
    acted();
    onSent();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const active = found[at];
    const whole = active?.command === draft.trim();
    if (open && event.key === "ArrowDown") setAt((at + 1) % found.length);
    else if (open && event.key === "ArrowUp") setAt((at - 1 + found.length) % found.length);
    else if (open && event.key === "Escape") setDismissed(true);
    else if (active && (event.key === "Tab" ? !event.shiftKey : event.key === "Enter" && !event.shiftKey && !whole)) complete(active);
    else if (event.key === "Enter" && !event.shiftKey) void send();
    else return;
    event.preventDefault();
  };

  return (
    <div className="composer-frame">
      {trouble && <Trouble onDismiss={() => setTrouble("")}>{trouble}</Trouble>}
      {open && <CommandList id={id} bot={bot} commands={found} at={at} onPoint={setAt} onChoose={complete} />}
      <form
        className="composer" data-sending={sending || undefined}
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <textarea
          ref={input} data-testid="composer" rows={1} value={draft} readOnly={sending} placeholder={texts.writeTo(name)}
          aria-label={texts.writeTo(name)} aria-autocomplete="list"
          aria-controls={open ? id : undefined} aria-activedescendant={open ? `${id}-${at}` : undefined} aria-describedby={`${id}-hint`}
          onChange={(event) => write(event.target.value)} onKeyDown={onKeyDown}
        />
        <div className="composer-foot">
          <button type="button" className="icon-button" aria-label={texts.commandHint} title={texts.commandHint} onClick={() => {
            write("/");
            input.current?.focus();
          }}>
            <Icon name="slash" />
          </button>
          <span id={`${id}-hint`} className="composer-hint">{sending ? <Spinner label={texts.sending} /> : texts.commandHint}</span>
          <button type="submit" className="send" aria-label={texts.send} disabled={!draft.trim() || sending}>
            <Icon name="send" />
          </button>
        </div>
      </form>
    </div>
  );
}

function useGrowth(input: RefObject<HTMLTextAreaElement | null>, text: string): void {
  useLayoutEffect(() => {
    const box = input.current;
    if (!box) return;
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight}px`;
  }, [input, text]);
}
