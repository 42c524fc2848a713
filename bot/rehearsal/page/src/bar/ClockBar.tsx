// The company's clock, the buttons that move it on, and what happened meanwhile.

import { useRef, useState } from "react";
import type { ReactNode } from "react";
import * as times from "../format/times";
import { useReader } from "../live/reader";
import { texts } from "../texts";
import type { Moved } from "../types";
import { Icon } from "../ui/Icon";
import { Spinner } from "../ui/States";
import { useToast } from "../ui/Toast";
import { Happened } from "./Happened";
import type { Clock } from "./useClock";

const HOUR = 3_600_000;

export function ClockBar({ clock, onMoved }: { clock: Clock; onMoved: () => void }) {
  const { zone } = useReader();
  const [moving, setMoving] = useState(false);
  const [moved, setMoved] = useState<Moved | null>(null);
  const bar = useRef<HTMLElement>(null);
  const toast = useToast();
  const now = clock.now();
  const next = clock.state?.next ? new Date(clock.state.next) : null;

  const move = async (to: Date) => {
    if (moving) return;
    setMoving(true);
    try {
      setMoved(await clock.move(to));
      onMoved();
    } catch (reason) {
      toast(reason instanceof Error ? reason.message : texts.unreachable);
    }
    setMoving(false);
  };
  const on = (hours: number) => void move(new Date(clock.now().getTime() + hours * HOUR));

  return (
    <section ref={bar} className="clock" aria-label={texts.clockTitle} aria-busy={moving}>
      <span className="clock-now">
        {moving ? <Spinner /> : <Icon name="clock" size={16} />}
        <time dateTime={now.toISOString()}>{times.clock(now, zone)}</time>
        <span className="clock-place">{times.place(zone)}</span>
      </span>
      {clock.state && (
        <span className="clock-moves">
          <Move onClick={() => on(1)}>{texts.plusHour}</Move>
          <Move onClick={() => on(24)}>{texts.plusDay}</Move>
          <Move onClick={() => void move(times.nextWorkingDay(clock.now(), zone))}>{texts.plusWorkingDay}</Move>
          <Move onClick={() => on(7 * 24)}>{texts.plusWeek}</Move>
          {next ? (
            <Move title={`${clock.state.next_label ?? ""} · ${times.clock(next, zone)}`} onClick={() => void move(next)}>
              <span className="clock-next">{texts.nextEvent(clock.state.next_label ?? times.clock(next, zone))}</span>
            </Move>
          ) : (
            <span className="clock-none">{texts.nothingNext}</span>
          )}
        </span>
      )}
      <Happened moved={moved} beside={bar} />
    </section>
  );
}

function Move({ children, title, onClick }: { children: ReactNode; title?: string; onClick: () => void }) {
  return (
    <button type="button" className="bar-button" title={title} onClick={onClick}>
      {children}
    </button>
  );
}
