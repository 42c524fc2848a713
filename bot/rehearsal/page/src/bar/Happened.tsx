// What happened while the clock moved: one sentence, and behind it the list of who got what.

import { useEffect, useId, useRef, useState } from "react";
import type { KeyboardEvent, RefObject } from "react";
import * as times from "../format/times";
import { texts } from "../texts";
import type { Moved } from "../types";
import { Floating } from "../ui/Floating";
import { Icon } from "../ui/Icon";

interface Props {
  /** Null until the clock is moved. */
  moved: Moved | null;
  /** What can be pressed without closing the list, so that a person who moves the clock can read on. */
  beside: RefObject<HTMLElement | null>;
}

export function Happened({ moved, beside }: Props) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const count = moved ? moved.happened.length + moved.happened_more : 0;

  useEffect(() => {
    if (!count) setOpen(false);
  }, [count]);

  const closeByKey = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !open) return;
    event.stopPropagation();
    setOpen(false);
    button.current?.focus();
  };

  return (
    <span className="happened" onKeyDown={closeByKey}>
      <span role="status">
        {moved && !count && <span key={moved.now} className="happened-none">{texts.nothingHappened}</span>}
        {moved && count > 0 && (
          <button
            key={moved.now} ref={button} type="button" className="bar-button happened-button" aria-expanded={open}
            aria-controls={open ? id : undefined} onClick={() => setOpen(!open)}
          >
            {texts.happened(count)}
            <Icon name="chevron" size={14} />
          </button>
        )}
      </span>
      {open && moved && count > 0 && (
        <Floating anchor={button} beside={beside} onOutside={() => setOpen(false)}>
          <List id={id} moved={moved} onClose={() => setOpen(false)} />
        </Floating>
      )}
    </span>
  );
}

function List({ id, moved, onClose }: { id: string; moved: Moved; onClose: () => void }) {
  const { happened, happened_more: more, zone } = moved;
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    box.current?.parentElement?.scrollTo({ top: 0 });
  }, [moved]);
  return (
    <section ref={box} id={id} className="happened-list" aria-labelledby={`${id}-title`} tabIndex={0}>
      <header>
        <h2 id={`${id}-title`}>{texts.happenedTitle}</h2>
        <p>{texts.happenedUntil(times.clock(new Date(moved.now), zone), times.place(zone))}</p>
        <button type="button" className="icon-button" aria-label={texts.close} onClick={onClose}>
          <Icon name="close" size={16} />
        </button>
      </header>
      <ol>
        {happened.map(({ at, words, note }, place) => (
          <li key={place}>
            <time dateTime={at}>{times.clock(new Date(at), zone)}</time>
            <span>
              <Unbroken words={words} />
              {note && <small>{note}</small>}
            </span>
          </li>
        ))}
      </ol>
      {more > 0 && <p className="happened-more">{texts.happenedMore(more)}</p>}
    </section>
  );
}

/** An id is read and copied in one piece. */
function Unbroken({ words }: { words: string }) {
  return words.split(/([A-Z]{1,3}-[0-9A-Z]{8})/).map((part, place) => (place % 2 ? <span key={place} className="happened-id">{part}</span> : part));
}
