// The company's time: ticks on from what the workspace last said.

import { useCallback, useEffect, useMemo, useState } from "react";
import { paths, setClock } from "../api";
import { useFetched } from "../live/useFetched";
import type { ClockState, Moved } from "../types";

const TICK = 15_000;

export interface Clock {
  now: () => Date;
  /** Null if this workspace's clock can't be moved. */
  state: ClockState | null;
  move: (to: Date) => Promise<Moved>;
  reload: () => void;
}

export function useClock(stated: string | undefined): Clock {
  const { data, reload } = useFetched<ClockState>(paths.clock);
  const [, tick] = useState(0);
  const said = data?.now ?? stated;
  const ahead = useMemo(() => (said ? Date.parse(said) - Date.now() : 0), [said]);

  useEffect(() => {
    const timer = window.setInterval(() => tick((count) => count + 1), TICK);
    return () => clearInterval(timer);
  }, []);

  const now = useCallback(() => new Date(Date.now() + ahead), [ahead]);
  const move = useCallback(
    async (to: Date) => {
      const moved = await setClock(to.toISOString());
      reload();
      return moved;
    },
    [reload],
  );
  return { now, state: data ?? null, move, reload };
}
